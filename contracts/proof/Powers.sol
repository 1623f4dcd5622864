// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAmbassadorPayouts} from "../IAmbassadorPayouts.sol";
import {Setting} from "./Setting.sol";

/// @title Each role does its own and nothing else
/// @dev Every call that the contract has, by anybody, from any state.
contract PowersProof is Setting {
    function check_signer_and_guardian_are_the_owners_choice() public {
        anyState(address(agrees), true);
        address owner = payouts.owner();
        address guardian = payouts.guardian();
        (address sender,,) = anyCall();
        if (payouts.signer() != address(agrees) || !payouts.signerIsContract()) assert(sender == owner);
        if (payouts.guardian() != guardian) assert(sender == owner);
    }

    function check_ownership_moves_in_two_steps() public {
        anyState(address(agrees), true);
        address owner = payouts.owner();
        address pending = payouts.pendingOwner();
        (address sender,,) = anyCall();
        if (payouts.owner() != owner) assert(sender == pending && payouts.owner() == sender);
        if (payouts.pendingOwner() != pending) assert(sender == owner || sender == pending);
    }

    function check_pause_and_cap_follow_their_roles() public {
        anyState(address(agrees), true);
        address owner = payouts.owner();
        address guardian = payouts.guardian();
        bool paused = payouts.paused();
        uint32 cap = payouts.dailyCap();
        (address sender,,) = anyCall();
        if (!paused && payouts.paused()) assert(sender == guardian);
        if (paused && !payouts.paused()) assert(sender == owner);
        if (payouts.dailyCap() > cap) assert(sender == owner);
        if (payouts.dailyCap() < cap) assert(sender == owner || sender == guardian);
    }

    /// @dev The signer is never somebody who was replaced, and never nobody; who was replaced stays so.
    function check_a_replaced_signer_never_comes_back(address replaced) public {
        anyState(address(agrees), true);
        vm.assume(!payouts.isRetired(address(agrees)));
        bool retired = payouts.isRetired(replaced);
        anyCall();
        assert(!retired || payouts.isRetired(replaced));
        assert(!payouts.isRetired(payouts.signer()) && payouts.signer() != address(0));
        assert(payouts.signer() == address(agrees) || payouts.isRetired(address(agrees)));
    }

    /// @dev Besides a redemption only the owner moves money, once a call, and to the treasury.
    function check_only_withdrawals_move_money_otherwise() public {
        anyState(address(agrees), true);
        address owner = payouts.owner();
        (address sender,, bytes4 selector) = anyCall();
        if (isRedemption(selector) || purse.payments() == 0) return;
        assert(selector == IAmbassadorPayouts.withdraw.selector && sender == owner);
        assert(purse.payments() == 1 && purse.receiver(0) == TREASURY);
    }

    function isRedemption(bytes4 selector) private pure returns (bool) {
        return selector == bytes4(keccak256("redeem((address,uint256,uint256,uint256,uint256,uint256,bytes32),bytes32,bytes32)"))
            || selector == bytes4(keccak256("redeem((address,uint256,uint256,uint256,uint256,uint256,bytes32),bytes)"))
            || selector == IAmbassadorPayouts.redeemTo.selector || selector == IAmbassadorPayouts.redeemMany.selector;
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Claim, Signed} from "../IAmbassadorPayouts.sol";
import {Setting} from "./Setting.sol";

/// @title What leaves, where it goes, and that the day's count knows of it
contract MoneyProof is Setting {
    function check_the_compact_door_pays_the_account(Claim calldata c, bytes32 r, bytes32 vs) public {
        anyState(address(agrees), true);
        uint256 spent = payouts.spentToday();
        payouts.redeem(c, r, vs);
        paidOnce(c, c.account, spent);
    }

    function check_the_door_of_bytes_pays_the_account(Claim calldata c) public {
        anyState(address(agrees), true);
        uint256 spent = payouts.spentToday();
        payouts.redeem(c, svm.createBytes(65, "signature"));
        paidOnce(c, c.account, spent);
    }

    function check_only_the_account_sends_it_elsewhere(Claim calldata c, address sender, address to) public {
        anyState(address(agrees), true);
        uint256 spent = payouts.spentToday();
        vm.prank(sender);
        payouts.redeemTo(c, svm.createBytes(65, "signature"), to);
        assert(sender == c.account && to != address(0));
        paidOnce(c, to, spent);
    }

    /// @dev Two claims in a batch: each is paid to its account, or was skipped, and the sum is what is told and counted.
    function check_a_batch_pays_each_account(Claim calldata a, Claim calldata b) public {
        anyState(address(agrees), true);
        uint256 spent = payouts.spentToday();
        Signed[] memory items = new Signed[](2);
        (items[0].claim, items[1].claim) = (a, b);
        uint256 paid = payouts.redeemMany(items);
        uint256 payments = purse.payments();
        uint256 sum = (payments > 0 ? purse.amount(0) : 0) + (payments > 1 ? purse.amount(1) : 0);
        assert(payments <= 2 && paid == sum && paid <= 2 * MAX_CLAIM);
        if (payments == 2) {
            assert(purse.receiver(0) == a.account && purse.amount(0) == a.amount);
            assert(purse.receiver(1) == b.account && purse.amount(1) == b.amount);
        } else if (payments == 1 && purse.receiver(0) == a.account) {
            bool both = a.account == b.account && paid == a.amount + b.amount;
            assert(both || paid == a.amount || (a.account == b.account && paid == b.amount));
        } else if (payments == 1) {
            assert(purse.receiver(0) == b.account && paid == b.amount);
        }
        counted(paid, spent);
    }

    function paidOnce(Claim calldata c, address receiver, uint256 spent) private view {
        assert(purse.payments() == 1 && purse.receiver(0) == receiver && purse.amount(0) == c.amount);
        assert(receiver != address(0) && c.amount != 0 && c.amount <= MAX_CLAIM);
        assert(block.timestamp <= c.validUntil && !payouts.paused());
        counted(c.amount, spent);
    }

    function counted(uint256 paid, uint256 spent) private view {
        if (payouts.dailyCap() == type(uint32).max) return;
        assert(payouts.spentToday() == spent + paid && payouts.spentToday() <= payouts.dailyCap());
    }
}

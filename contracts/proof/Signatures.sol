// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Claim} from "../IAmbassadorPayouts.sol";
import {Setting} from "./Setting.sol";

/// @title Nothing is paid that the signer did not sign
contract SignaturesProof is Setting {
    /// @dev Half of the order of the curve's group: the largest s that counts.
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    function check_compact_signatures_are_the_signers(Claim calldata c, address signer, bytes32 r, bytes32 vs) public {
        vm.assume(signer != address(0));
        anyState(signer, false);
        payouts.redeem(c, r, vs);
        bytes32 s = vs << 1 >> 1;
        assert(uint256(s) <= HALF_ORDER);
        assert(ecrecover(digest(c), uint8(uint256(vs) >> 255) + 27, r, s) == signer);
    }

    function check_signatures_in_bytes_are_the_signers(Claim calldata c, address signer, bytes32 r, bytes32 s, uint8 v)
        public
    {
        vm.assume(signer != address(0));
        anyState(signer, false);
        payouts.redeem(c, abi.encodePacked(r, s, v));
        assert(uint256(s) <= HALF_ORDER);
        assert(ecrecover(digest(c), v, r, s) == signer);
    }

    function check_other_lengths_are_refused(Claim calldata c, address signer) public {
        vm.assume(signer != address(0));
        anyState(signer, false);
        (bool none,) = address(payouts).call(redeem(c, ""));
        (bool compact,) = address(payouts).call(redeem(c, svm.createBytes(64, "compact")));
        (bool longer,) = address(payouts).call(redeem(c, svm.createBytes(66, "longer")));
        assert(!none && !compact && !longer);
    }

    /// @dev The digest that a contract is asked about is the one of EIP-712, of every field of the claim.
    function check_a_contract_is_asked_about_this_claim(Claim calldata c, bytes32 agreed, bool compact) public {
        vm.assume(agreed != 0);
        anyState(address(agrees), true);
        agrees.agreeTo(agreed);
        if (compact) payouts.redeem(c, bytes32(0), bytes32(0));
        else payouts.redeem(c, "");
        assert(agreed == digest(c));
    }

    function redeem(Claim calldata c, bytes memory signature) private pure returns (bytes memory) {
        return abi.encodeWithSignature(
            "redeem((address,uint256,uint256,uint256,uint256,uint256,bytes32),bytes)", c, signature
        );
    }

    /// @dev EIP-712, written out once more.
    function digest(Claim calldata c) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("AmbassadorPayouts"),
                keccak256("1"),
                block.chainid,
                address(payouts)
            )
        );
        bytes32 claim = keccak256(
            abi.encode(
                keccak256(
                    "Claim(address account,uint256 index,uint256 from,uint256 to,uint256 amount,uint256 validUntil,bytes32 statement)"
                ),
                c.account,
                c.index,
                c.from,
                c.to,
                c.amount,
                c.validUntil,
                c.statement
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, claim));
    }
}

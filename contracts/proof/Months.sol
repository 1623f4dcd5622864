// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Claim, IAmbassadorPayouts} from "../IAmbassadorPayouts.sol";
import {Setting} from "./Setting.sol";

/// @title A month of an index is one bit, and the bit is set once
/// @dev `other` and `month` stand for every pair, so that what holds of them holds of the whole map.
contract MonthsProof is Setting {
    /// @dev Two claims share a bit exactly when their index is the same and their months overlap.
    function check_two_claims_collide_exactly_when_they_overlap(Claim calldata a, Claim calldata b) public {
        vm.warp(uint64(svm.createUint256("time")));
        vm.prank(address(1));
        payouts.setDailyCap(type(uint32).max);
        vm.assume(isGood(a) && isGood(b));
        payouts.redeem(a, "");
        bool overlap = a.index == b.index && a.from <= b.to && b.from <= a.to;
        try payouts.redeem(b, "") {
            assert(!overlap);
        } catch (bytes memory reason) {
            assert(overlap && bytes4(reason) == IAmbassadorPayouts.AlreadySettled.selector);
        }
    }

    /// @dev From any state, a redemption marks its own months and no other, and none of them was marked before.
    function check_a_redemption_marks_its_months_alone(Claim calldata c, uint256 other, uint256 month) public {
        anyState(address(agrees), true);
        bool before = payouts.isSettled(other, month);
        bool own = covers(c.index, c.from, c.to, other, month);
        try payouts.redeem(c, "") {
            assert(!(before && own));
            assert(payouts.isSettled(other, month) == (before || own));
        } catch {
            assert(payouts.isSettled(other, month) == before);
        }
    }

    /// @dev From any state, a void marks its own months and no other.
    function check_a_void_marks_its_months_alone(uint256 index, uint256 from, uint256 to, uint256 other, uint256 month)
        public
    {
        anyState(address(agrees), true);
        bool before = payouts.isSettled(other, month);
        vm.prank(payouts.owner());
        try payouts.voidMonths(index, from, to) {
            assert(payouts.isSettled(other, month) == (before || covers(index, from, to, other, month)));
        } catch {
            assert(from > to || from / 16 != to / 16);
            assert(payouts.isSettled(other, month) == before);
        }
    }

    /// @dev From any state, no call by anybody frees a month.
    function check_no_call_frees_a_month(uint256 index, uint256 month) public {
        anyState(address(agrees), true);
        bool before = payouts.isSettled(index, month);
        anyCall();
        assert(!before || payouts.isSettled(index, month));
    }

    function covers(uint256 index, uint256 from, uint256 to, uint256 other, uint256 month) private pure returns (bool) {
        return index == other && from <= month && month <= to;
    }

    /// @dev Nothing but a collision can be wrong with it.
    function isGood(Claim calldata c) private view returns (bool) {
        return c.account != address(0) && c.amount != 0 && c.amount <= MAX_CLAIM && block.timestamp <= c.validUntil
            && c.from <= c.to && c.from / 16 == c.to / 16;
    }
}

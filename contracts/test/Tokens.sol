// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {PlainToken} from "./PlainToken.sol";

/// @dev Six decimals, so that a whole token is not 10^18 units.
contract SixDecimalsToken is PlainToken {
    constructor(uint256 supply) PlainToken(supply) {}

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}

/// @dev Says false instead of reverting when the payer's balance does not suffice, or always if told so.
contract FalseToken is PlainToken {
    bool public refuses;

    constructor(uint256 supply) PlainToken(supply) {}

    function setRefuses(bool value) external {
        refuses = value;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (refuses || balanceOf(msg.sender) < amount) return false;
        return super.transfer(to, amount);
    }
}

/// @dev Returns nothing, like some tokens older than the standard's final text.
contract SilentToken {
    mapping(address => uint256) public balanceOf;
    uint8 public constant decimals = 18;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Burns one per cent of each transfer.
contract FeeToken is PlainToken {
    constructor(uint256 supply) PlainToken(supply) {}

    function transfer(address to, uint256 amount) public override returns (bool) {
        _burn(msg.sender, amount / 100);
        return super.transfer(to, amount - amount / 100);
    }
}

/// @dev Refuses to pay one account.
contract BlockingToken is PlainToken {
    address public blocked;

    constructor(uint256 supply) PlainToken(supply) {}

    function setBlocked(address account) external {
        blocked = account;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        require(to != blocked, "blocked");
        return super.transfer(to, amount);
    }
}

/// @dev Calls somebody back in the middle of a transfer, once per arming, and remembers how that ended.
contract HookToken is PlainToken {
    address private target;
    bytes private data;
    bool public called;
    bool public succeeded;
    bytes public answer;

    constructor(uint256 supply) PlainToken(supply) {}

    function arm(address target_, bytes calldata data_) external {
        (target, data, called) = (target_, data_, false);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (target != address(0)) {
            address callee = target;
            (target, called) = (address(0), true);
            (succeeded, answer) = callee.call(data);
        }
        return super.transfer(to, amount);
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {PlainToken} from "./PlainToken.sol";

/// @dev Moves tokens and then answers with whatever bytes it was told, behind any number of zeros.
contract AnsweringToken is PlainToken {
    bytes private answer;
    uint256 private zeros;

    constructor(uint256 supply) PlainToken(supply) {
        answer = abi.encode(true);
    }

    function setAnswer(bytes calldata answer_, uint256 zeros_) external {
        (answer, zeros) = (answer_, zeros_);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        bytes memory data = bytes.concat(answer, new bytes(zeros));
        assembly ("memory-safe") {
            return(add(data, 32), mload(data))
        }
    }
}

/// @dev Burns all the gas that it gets, once it was told to.
contract BurningToken is PlainToken {
    bool private burns;

    constructor(uint256 supply) PlainToken(supply) {}

    function setRefuses(bool value) external {
        burns = value;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        while (burns) {}
        return super.transfer(to, amount);
    }
}

/// @dev Has as many decimals as it is told, even more than a number of that type can be, and pays anybody anything.
contract DecimalsToken {
    uint256 public immutable decimals;

    constructor(uint256 decimals_) {
        decimals = decimals_;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return true;
    }
}

/// @dev A signer that agrees with an answer of any size.
contract LongWindedWallet {
    uint256 private immutable size;

    constructor(uint256 size_) {
        size = size_;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        bytes memory data = new bytes(size);
        data[0] = 0x16;
        data[1] = 0x26;
        data[2] = 0xba;
        data[3] = 0x7e;
        assembly ("memory-safe") {
            return(add(data, 32), mload(data))
        }
    }
}

/// @dev A signer that burns all the gas that it gets.
contract BurningWallet {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        while (true) {}
        return this.isValidSignature.selector;
    }
}

/// @dev A signer that calls whoever asks it, and agrees if it is told exactly what it expects.
contract AskingWallet {
    bytes private question;
    bytes private expected;

    constructor(bytes memory question_, bytes memory expected_) {
        (question, expected) = (question_, expected_);
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        (, bytes memory answer) = msg.sender.call(question);
        return keccak256(answer) == keccak256(expected) ? this.isValidSignature.selector : bytes4(0);
    }
}

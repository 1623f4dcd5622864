// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {AmbassadorPayouts} from "../AmbassadorPayouts.sol";

/// @dev What halmos offers to a proof: values that stand for every value, and power over the chain.
interface Prover {
    function assume(bool condition) external pure;
    function prank(address sender) external;
    function store(address account, bytes32 slot, bytes32 value) external;
    function warp(uint256 time) external;
    function enableSymbolicStorage(address account) external;
    function createAddress(string calldata name) external returns (address);
    function createBytes(uint256 length, string calldata name) external returns (bytes memory);
    function createCalldata(string calldata contractName) external returns (bytes memory);
    function createUint256(string calldata name) external returns (uint256);
}

/// @dev A token without fractions that pays anybody anything and remembers the first two payments of a transaction.
contract Purse {
    uint256 public payments;
    mapping(uint256 place => address) public receiver;
    mapping(uint256 place => uint256) public amount;

    function decimals() external pure returns (uint8) {
        return 0;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        (receiver[payments], amount[payments]) = (to, value);
        payments++;
        return true;
    }
}

/// @dev A signer that agrees to everything, or to one digest only.
contract Agrees {
    bytes32 private only;

    function agreeTo(bytes32 digest) external {
        only = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return only == 0 || only == digest ? this.isValidSignature.selector : bytes4(0);
    }
}

/// @dev The contract in any state whatever: every word of its storage stands for every value that its type allows.
abstract contract Setting {
    Prover internal constant vm = Prover(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    Prover internal constant svm = Prover(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
    address internal constant TREASURY = address(0x7EA5);
    uint256 internal constant MAX_CLAIM = 40_000;

    /// @dev Bits of the desk's word, as contracts/README.md draws it.
    uint256 private constant PAUSED = 160;
    uint256 private constant SIGNER_IS_CONTRACT = 168;
    uint256 private constant DAY = 176;

    Purse internal purse;
    Agrees internal agrees;
    AmbassadorPayouts internal payouts;

    function setUp() public {
        purse = new Purse();
        agrees = new Agrees();
        payouts = new AmbassadorPayouts(
            IERC20(address(purse)), TREASURY, address(1), address(2), address(agrees), true, 3, MAX_CLAIM
        );
    }

    /// @dev Any months, owners, guardian, retired signers, pause, count, cap and time, under this signer.
    function anyState(address signer, bool isContract) internal {
        svm.enableSymbolicStorage(address(payouts));
        vm.warp(uint64(svm.createUint256("time")));
        uint256 any = svm.createUint256("desk");
        uint256 desk = uint160(signer) | (any >> DAY << DAY) | (any & (1 << PAUSED));
        if (isContract) desk |= 1 << SIGNER_IS_CONTRACT;
        vm.store(address(payouts), bytes32(uint256(4)), bytes32(desk));
        // An address is 20 bytes.
        for (uint256 slot = 2; slot < 8; ++slot) {
            if (slot == 2 || slot == 3 || slot == 7) {
                vm.store(address(payouts), bytes32(slot), bytes32(uint256(uint160(svm.createAddress("somebody")))));
            }
        }
    }

    /// @dev Any call that the contract has, by anybody.
    function anyCall() internal returns (address sender, bool success, bytes4 selector) {
        bytes memory data = svm.createCalldata("AmbassadorPayouts");
        sender = svm.createAddress("sender");
        selector = bytes4(data);
        vm.prank(sender);
        (success,) = address(payouts).call(data);
    }
}

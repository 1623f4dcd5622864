// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Claim, IAmbassadorPayouts, Signed} from "./IAmbassadorPayouts.sol";

/// @title The claim contract of Rally Ambassadors
/// @dev What each function promises stands in the interface.
contract AmbassadorPayouts is IAmbassadorPayouts, EIP712, Ownable2Step {
    using SafeERC20 for IERC20;

    /// @dev One slot: everything that a redemption reads besides its months.
    struct Desk {
        address signer;
        bool paused;
        bool signerIsContract;
        uint16 day; // of the last metered redemption; only ever compared for equality
        uint32 spent; // whole tokens of that day
        uint32 cap;
    }

    /// @dev One word: 16 neighbouring indexes by 16 neighbouring months, a bit each.
    struct Tile {
        uint256 bits;
    }

    /// @dev Money that leaves once every item of a batch is settled.
    struct Payment {
        address account;
        uint256 amount;
    }

    bytes32 private constant CLAIM_TYPEHASH = keccak256(
        "Claim(address account,uint256 index,uint256 from,uint256 to,uint256 amount,uint256 validUntil,bytes32 statement)"
    );
    uint32 private constant UNMETERED = type(uint32).max;

    IERC20 public immutable token;
    address public immutable treasury;
    uint256 public immutable maxClaim;
    uint256 private immutable WHOLE_TOKEN;

    Desk private desk;
    mapping(uint256 group => mapping(uint256 block16 => Tile)) private tiles;
    mapping(address => bool) public isRetired;
    address public guardian;

    modifier onlyGuardian() {
        require(msg.sender == guardian, NotGuardian(msg.sender));
        _;
    }

    constructor(
        IERC20 token_,
        address treasury_,
        address owner_,
        address guardian_,
        address signer_,
        bool signerIsContract_,
        uint32 dailyCap_,
        uint256 maxClaim_
    ) EIP712("AmbassadorPayouts", "1") Ownable(owner_) {
        require(address(token_) != address(0) && treasury_ != address(0), ZeroAddress());
        require(maxClaim_ != 0, ZeroAmount());
        token = token_;
        treasury = treasury_;
        maxClaim = maxClaim_;
        WHOLE_TOKEN = 10 ** IERC20Metadata(address(token_)).decimals();
        _setSigner(signer_, signerIsContract_);
        _setGuardian(guardian_);
        _setDailyCap(dailyCap_);
    }

    function redeem(Claim calldata c, bytes32 r, bytes32 vs) external {
        (address by, bool isContract) = _count(_settle(c, false));
        _requireSigned(by, isContract, c, r, vs);
        token.safeTransfer(c.account, c.amount);
    }

    function redeem(Claim calldata c, bytes calldata signature) external {
        _redeemTo(c, signature, c.account);
    }

    function redeemTo(Claim calldata c, bytes calldata signature, address to) external {
        require(msg.sender == c.account, NotAccount(msg.sender, c.account));
        require(to != address(0), ZeroAddress());
        _redeemTo(c, signature, to);
    }

    function redeemMany(Signed[] calldata items) external returns (uint256 paid) {
        Payment[] memory payments = new Payment[](items.length);
        (uint256 runs, uint256 counted) = (0, 0);
        for (uint256 i; i < items.length; ++i) {
            Claim calldata c = items[i].claim;
            uint256 wholeTokens = _settle(c, true);
            if (wholeTokens == 0) continue;
            _requireSigned(desk.signer, desk.signerIsContract, c, items[i].r, items[i].vs);
            if (runs == 0 || payments[runs - 1].account != c.account) payments[runs++].account = c.account;
            payments[runs - 1].amount += c.amount;
            paid += c.amount;
            counted += wholeTokens;
        }
        _count(counted);
        // Only now does money move: a token that calls back finds every item settled and the whole sum counted.
        for (uint256 i; i < runs; ++i) token.safeTransfer(payments[i].account, payments[i].amount);
    }

    function isSettled(uint256 index, uint256 month) external view returns (bool) {
        (Tile storage tile, uint256 mask) = _months(index, month, month);
        return tile.bits & mask != 0;
    }

    function signer() external view returns (address) {
        return desk.signer;
    }

    function signerIsContract() external view returns (bool) {
        return desk.signerIsContract;
    }

    function paused() external view returns (bool) {
        return desk.paused;
    }

    function dailyCap() external view returns (uint32) {
        return desk.cap;
    }

    function spentToday() external view returns (uint256) {
        return desk.day == _today() ? desk.spent : 0;
    }

    function setSigner(address newSigner, bool isContract) external onlyOwner {
        if (newSigner != desk.signer) isRetired[desk.signer] = true;
        _setSigner(newSigner, isContract);
    }

    function setDailyCap(uint32 cap) external onlyOwner {
        _setDailyCap(cap);
    }

    function setGuardian(address newGuardian) external onlyOwner {
        _setGuardian(newGuardian);
    }

    function unpause() external onlyOwner {
        desk.paused = false;
        emit Unpaused(msg.sender);
    }

    function voidMonths(uint256 index, uint256 from, uint256 to) external onlyOwner {
        (Tile storage tile, uint256 mask) = _months(index, from, to);
        tile.bits |= mask;
        emit Voided(index, from, to);
    }

    function withdraw(address token_, uint256 amount) external onlyOwner {
        emit Withdrawn(token_, amount);
        IERC20(token_).safeTransfer(treasury, amount);
    }

    function pause() external onlyGuardian {
        desk.paused = true;
        emit Paused(msg.sender);
    }

    function lowerDailyCap(uint32 cap) external onlyGuardian {
        require(cap < desk.cap, CapNotLower(desk.cap, cap));
        _setDailyCap(cap);
    }

    /// @notice Always refused: without an owner nobody could withdraw or unpause.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerRequired();
    }

    function _redeemTo(Claim calldata c, bytes calldata signature, address to) private {
        (address by, bool isContract) = _count(_settle(c, false));
        bytes32 digest = _digest(c);
        if (isContract) {
            bool valid = SignatureChecker.isValidERC1271SignatureNowCalldata(by, digest, signature);
            require(valid, InvalidSignature(digest));
        } else {
            (address recovered,,) = ECDSA.tryRecoverCalldata(digest, signature);
            require(recovered == by, InvalidSignature(digest));
        }
        token.safeTransfer(to, c.amount);
    }

    /// @dev Marks the claim's months before anybody looked at its signature: the caller checks it in the same call.
    /// An expired or settled claim reverts or, with `skip`, changes nothing and gives 0.
    /// @return wholeTokens the claim's amount, rounded up
    function _settle(Claim calldata c, bool skip) private returns (uint256 wholeTokens) {
        if (block.timestamp > c.validUntil) {
            require(skip, ClaimExpired(c.validUntil));
            return 0;
        }
        (Tile storage tile, uint256 mask) = _months(c.index, c.from, c.to);
        uint256 bits = tile.bits;
        if (bits & mask != 0) {
            require(skip, AlreadySettled(c.index, c.from, c.to));
            return 0;
        }
        require(c.account != address(0), ZeroAddress());
        require(c.amount != 0, ZeroAmount());
        require(c.amount <= maxClaim, AboveMaxClaim(c.amount, maxClaim));
        tile.bits = bits | mask;
        emit Redeemed(c.account, c.index, c.from, c.to, c.amount, c.statement);
        unchecked {
            return (c.amount - 1) / WHOLE_TOKEN + 1; // The amount is not zero.
        }
    }

    /// @dev Refuses when paused, counts whole tokens against the day's cap, and says who must have signed.
    function _count(uint256 wholeTokens) private returns (address by, bool isContract) {
        require(!desk.paused, RedemptionsPaused());
        (by, isContract) = (desk.signer, desk.signerIsContract);
        uint256 cap = desk.cap;
        if (cap == UNMETERED) return (by, isContract);
        uint16 today = _today();
        uint256 spent = desk.day == today ? desk.spent : 0;
        require(spent + wholeTokens <= cap, DailyCapExceeded(wholeTokens, spent, cap));
        (desk.day, desk.spent) = (today, uint32(spent + wholeTokens));
    }

    function _requireSigned(address by, bool isContract, Claim calldata c, bytes32 r, bytes32 vs) private view {
        bytes32 digest = _digest(c);
        if (isContract) {
            bytes memory signature = abi.encodePacked(r, vs << 1 >> 1, 27 + uint8(uint256(vs) >> 255));
            require(SignatureChecker.isValidERC1271SignatureNow(by, digest, signature), InvalidSignature(digest));
        } else {
            (address recovered,,) = ECDSA.tryRecover(digest, r, vs);
            require(recovered == by, InvalidSignature(digest));
        }
    }

    function _digest(Claim calldata c) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(CLAIM_TYPEHASH, c)));
    }

    /// @dev The word that holds these months of this index, and their bits in it.
    function _months(uint256 index, uint256 from, uint256 to) private view returns (Tile storage tile, uint256 mask) {
        require(from <= to && from >> 4 == to >> 4, InvalidMonths(from, to));
        tile = tiles[index >> 4][from >> 4];
        unchecked {
            mask = ((2 << (to - from)) - 1) << ((index & 15) << 4 | (from & 15)); // At most 16 months, as just required.
        }
    }

    function _today() private view returns (uint16) {
        return uint16(block.timestamp / 1 days);
    }

    function _setSigner(address newSigner, bool isContract) private {
        require(newSigner != address(0), ZeroAddress());
        require(!isRetired[newSigner], SignerRetired(newSigner));
        desk.signer = newSigner;
        desk.signerIsContract = isContract;
        emit SignerSet(newSigner, isContract);
    }

    function _setGuardian(address newGuardian) private {
        require(newGuardian != address(0), ZeroAddress());
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    function _setDailyCap(uint32 cap) private {
        desk.cap = cap;
        emit DailyCapSet(cap);
    }
}

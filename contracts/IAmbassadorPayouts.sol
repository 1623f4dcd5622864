// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What the treasury owes one ambassador for the months `from` to `to`, both included.
/// @param account who is paid
/// @param index the ambassador's enrolment number: unique, dense, never reused
/// @param from first month, counted from January 1970 (December 2020 is 611)
/// @param to last month; it lies in the same block of 16 months as `from`
/// @param amount base units of the token
/// @param validUntil last second, unix time, at which the claim can be redeemed
/// @param statement keccak256 of the statement file that explains the amount
struct Claim {
    address account;
    uint256 index;
    uint256 from;
    uint256 to;
    uint256 amount;
    uint256 validUntil;
    bytes32 statement;
}

/// @notice A claim with its signature in the compact form of EIP-2098.
struct Signed {
    Claim claim;
    bytes32 r;
    bytes32 vs;
}

/// @title The claim contract of Rally Ambassadors
/// @notice Holds the tokens that a programme owes and pays them against claims that its signer signed (EIP-712).
/// Anyone may submit a claim and pay its gas; the money goes to the claim's account, or where that account itself sends
/// it. A month is paid once for an index, whichever entry point, account or signature is used.
interface IAmbassadorPayouts {
    /// @notice A claim was paid, or put into the same transaction's payment of its account.
    event Redeemed(
        address indexed account, uint256 indexed index, uint256 from, uint256 to, uint256 amount, bytes32 statement
    );
    /// @notice The owner marked months as settled without a payment.
    event Voided(uint256 indexed index, uint256 from, uint256 to);
    /// @notice Claims must now be signed by `signer`.
    event SignerSet(address indexed signer, bool isContract);
    /// @notice `guardian` may now pause and lower the daily cap.
    event GuardianSet(address indexed guardian);
    /// @notice A UTC day may now pay `cap` whole tokens.
    event DailyCapSet(uint32 cap);
    /// @notice Nothing can be redeemed until the owner unpauses.
    event Paused(address indexed by);
    /// @notice Claims can be redeemed again.
    event Unpaused(address indexed by);
    /// @notice Tokens went back to the treasury.
    event Withdrawn(address indexed token, uint256 amount);

    /// @notice Redemptions are paused.
    error RedemptionsPaused();
    /// @notice The claim's last second, `validUntil`, is over.
    error ClaimExpired(uint256 validUntil);
    /// @notice `from` is after `to`, or the two do not lie in one block of 16 months.
    error InvalidMonths(uint256 from, uint256 to);
    /// @notice At least one of these months was paid or voided for this index.
    error AlreadySettled(uint256 index, uint256 from, uint256 to);
    /// @notice The claim is over nothing.
    error ZeroAmount();
    /// @notice The claim is over more than a claim can ever be.
    error AboveMaxClaim(uint256 amount, uint256 maxClaim);
    /// @notice `wanted` whole tokens on top of today's `spent` would be more than `cap`.
    error DailyCapExceeded(uint256 wanted, uint256 spent, uint256 cap);
    /// @notice The signature over `digest` is malformed, has a high s, or is not the current signer's.
    error InvalidSignature(bytes32 digest);
    /// @notice Only the claim's account may say where its money goes.
    error NotAccount(address sender, address account);
    /// @notice Only the guardian may do this.
    error NotGuardian(address sender);
    /// @notice The guardian may lower the daily cap only.
    error CapNotLower(uint32 current, uint32 wanted);
    /// @notice A signer that was replaced never comes back.
    error SignerRetired(address signer);
    /// @notice The zero address where money or power would go.
    error ZeroAddress();
    /// @notice Without an owner nobody could withdraw or unpause.
    error OwnerRequired();

    /// @notice Pays a claim to its account.
    /// @param r first half of the signature
    /// @param vs second half, EIP-2098; a contract signer gets the same signature as the 65 bytes r, s, v
    function redeem(Claim calldata c, bytes32 r, bytes32 vs) external;

    /// @notice Pays a claim to its account.
    /// @param signature 65 bytes r, s, v with low s and v of 27 or 28, or whatever a contract signer understands
    function redeem(Claim calldata c, bytes calldata signature) external;

    /// @notice Pays a claim to another address. Only the claim's account may call this.
    function redeemTo(Claim calldata c, bytes calldata signature, address to) external;

    /// @notice Pays many claims, or none of them if one is wrong. Items that are settled or expired are skipped, their
    /// signatures unread, so that nobody can spoil a batch by redeeming one of its claims first. Neighbours of the same
    /// account are paid in one transfer.
    /// @return paid base units paid to all accounts together
    function redeemMany(Signed[] calldata items) external returns (uint256 paid);

    /// @notice Whether `month` was paid or voided for `index`.
    function isSettled(uint256 index, uint256 month) external view returns (bool);

    /// @notice Who signs claims.
    function signer() external view returns (address);

    /// @notice Whether the signer is a contract that is asked (ERC-1271). It is told, never guessed from code: an
    /// ordinary account may have code, too (EIP-7702).
    function signerIsContract() external view returns (bool);

    /// @notice Whether an address was the signer once and so never can be again.
    function isRetired(address account) external view returns (bool);

    /// @notice Whether redemptions are paused.
    function paused() external view returns (bool);

    /// @notice Whole tokens that a UTC day may pay; type(uint32).max is no limit.
    function dailyCap() external view returns (uint32);

    /// @notice Whole tokens counted today. Each claim counts rounded up to a whole token, so that the true sum is never
    /// above the count. Nothing is counted without a limit.
    function spentToday() external view returns (uint256);

    /// @notice The most that one claim can be over, in base units.
    function maxClaim() external view returns (uint256);

    /// @notice Where withdrawn tokens go, for ever.
    function treasury() external view returns (address);

    /// @notice Who may pause and lower the daily cap.
    function guardian() external view returns (address);

    /// @notice Replaces the signer and retires the old one. For the same address only the flag changes.
    function setSigner(address newSigner, bool isContract) external;

    /// @notice Sets the daily cap in whole tokens.
    function setDailyCap(uint32 cap) external;

    /// @notice Replaces the guardian.
    function setGuardian(address newGuardian) external;

    /// @notice Allows redemptions again.
    function unpause() external;

    /// @notice Marks months as settled without a payment; those that are settled already stay so.
    function voidMonths(uint256 index, uint256 from, uint256 to) external;

    /// @notice Sends tokens of any kind to the treasury.
    function withdraw(address token, uint256 amount) external;

    /// @notice Stops every redemption at once. For the guardian.
    function pause() external;

    /// @notice Lowers the daily cap. For the guardian.
    function lowerDailyCap(uint32 cap) external;
}

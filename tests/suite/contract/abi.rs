//! The contract's interface as other people's tools will know it.

use alloy_sol_types::sol;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    struct Claim {
        address account;
        uint256 index;
        uint256 from;
        uint256 to;
        uint256 amount;
        uint256 validUntil;
        bytes32 statement;
    }

    #[derive(Debug, PartialEq, Eq)]
    struct Signed {
        Claim claim;
        bytes32 r;
        bytes32 vs;
    }

    #[derive(Debug, PartialEq, Eq)]
    contract AmbassadorPayouts {
        event Redeemed(address indexed account, uint256 indexed index, uint256 from, uint256 to, uint256 amount, bytes32 statement);
        event Voided(uint256 indexed index, uint256 from, uint256 to);
        event SignerSet(address indexed signer, bool isContract);
        event GuardianSet(address indexed guardian);
        event DailyCapSet(uint32 cap);
        event Paused(address indexed by);
        event Unpaused(address indexed by);
        event Withdrawn(address indexed token, uint256 amount);

        error RedemptionsPaused();
        error ClaimExpired(uint256 validUntil);
        error InvalidMonths(uint256 from, uint256 to);
        error AlreadySettled(uint256 index, uint256 from, uint256 to);
        error ZeroAmount();
        error AboveMaxClaim(uint256 amount, uint256 maxClaim);
        error DailyCapExceeded(uint256 wanted, uint256 spent, uint256 cap);
        error InvalidSignature(bytes32 digest);
        error NotAccount(address sender, address account);
        error NotGuardian(address sender);
        error CapNotLower(uint32 current, uint32 wanted);
        error SignerRetired(address signer);
        error ZeroAddress();
        error OwnerRequired();
        error OwnableUnauthorizedAccount(address account);
        error OwnableInvalidOwner(address owner);
        error SafeERC20FailedOperation(address token);

        constructor(address token, address treasury, address owner, address guardian, address signer, bool signerIsContract, uint32 dailyCap, uint256 maxClaim);

        function redeem(Claim calldata c, bytes32 r, bytes32 vs) external;
        function redeem(Claim calldata c, bytes calldata signature) external;
        function redeemTo(Claim calldata c, bytes calldata signature, address to) external;
        function redeemMany(Signed[] calldata s) external returns (uint256 paid);

        function isSettled(uint256 index, uint256 month) external view returns (bool);
        function signer() external view returns (address);
        function signerIsContract() external view returns (bool);
        function isRetired(address account) external view returns (bool);
        function paused() external view returns (bool);
        function dailyCap() external view returns (uint32);
        function spentToday() external view returns (uint256);
        function token() external view returns (address);
        function treasury() external view returns (address);
        function maxClaim() external view returns (uint256);
        function guardian() external view returns (address);
        function owner() external view returns (address);
        function pendingOwner() external view returns (address);
        function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);

        function setSigner(address newSigner, bool isContract) external;
        function setDailyCap(uint32 cap) external;
        function setGuardian(address newGuardian) external;
        function unpause() external;
        function voidMonths(uint256 index, uint256 from, uint256 to) external;
        function withdraw(address token, uint256 amount) external;
        function transferOwnership(address newOwner) external;
        function acceptOwnership() external;
        function renounceOwnership() external;
        function pause() external;
        function lowerDailyCap(uint32 cap) external;
    }

    #[derive(Debug, PartialEq, Eq)]
    contract Token {
        event Transfer(address indexed from, address indexed to, uint256 value);

        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);

        function balanceOf(address account) external view returns (uint256);
        function transfer(address to, uint256 amount) external;
        function setRefuses(bool value) external;
        function setBlocked(address account) external;
        function setAnswer(bytes calldata data, uint256 zeros) external;
        function arm(address target, bytes calldata data) external;
        function called() external view returns (bool);
        function succeeded() external view returns (bool);
        function answer() external view returns (bytes memory);
    }

    #[derive(Debug, PartialEq, Eq)]
    contract Wallet {
        function setRevoked(bool value) external;
    }
}

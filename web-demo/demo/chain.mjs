// @ts-check
// A local chain with an ordinary token and the pinned claim contract. It ends with the process that started it.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { createTestClient, defineChain, getAddress, http, parseAbi, publicActions, walletActions } from "viem";

/** @typedef {`0x${string}`} Hex */
/**
 * @typedef {object} ChainOptions
 * @property {Hex | number} signer whose signatures the contract takes; a number is the place of an account whose wallet, a contract, signs (ERC-1271)
 * @property {number} [chainId]
 * @property {number} [timestamp] unix seconds of the first block
 * @property {number} [dailyCap] whole tokens a day
 * @property {bigint} [maxClaim] base units
 */
/** @typedef {Awaited<ReturnType<typeof startChain>>} Chain */

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Whole tokens in base units. @param {bigint} whole */
export const tokens = (whole) => whole * 10n ** 18n;
/** 2021-01-10: the challenge days of December 2020 are over, and its claims can be redeemed for another year. */
const january = 1_610_236_800;
const erc20 = parseAbi([
  "function transfer(address to, uint256 amount) returns (bool)",
  "function balanceOf(address account) view returns (uint256)",
]);

/**
 * Starts a node on a free port and deploys. The treasury has a million tokens, the contract none.
 * @param {ChainOptions} options
 */
export async function startChain({ signer, chainId = 31_337, timestamp = january, ...limits }) {
  const { dailyCap = 100_000, maxClaim = tokens(40_000n) } = limits;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "ambassador-chain-"));
  const options = ["--host", "127.0.0.1", "--port", "0", "--hardfork", "prague", "--timestamp", `${timestamp}`];
  const keeper = fileURLToPath(new URL("keeper.mjs", import.meta.url));
  const node = spawn(process.execPath, [keeper, folder, anvil(), ...options, "--chain-id", `${chainId}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => node.on("exit", resolve));
  const stop = async () => {
    node.stdin.end();
    await ended;
  };
  // Who hangs up first is not an error.
  node.stdin.on("error", () => {});

  try {
    const url = `http://127.0.0.1:${await port(node)}`;
    const chain = defineChain({
      id: chainId,
      name: "local",
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [url] } },
    });
    const client = createTestClient({ mode: "anvil", chain, transport: http(url), pollingInterval: 20 })
      .extend(publicActions)
      .extend(walletActions);
    const accounts = await client.getAddresses();
    const [treasury, owner, guardian] = accounts;

    /** @param {Hex} hash */
    const mined = async (hash) => {
      // Where a block is mined for each transaction, no later one would tell of it: the receipt itself is asked for.
      for (const end = Date.now() + 60_000; ;) {
        const receipt = await client.getTransactionReceipt({ hash }).catch((error) => {
          if (error.name !== "TransactionReceiptNotFoundError" || Date.now() > end) throw error;
          return null;
        });
        if (receipt?.status === "success") return receipt;
        if (receipt) throw new Error(`transaction ${hash} reverts`);
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    /** @param {{ abi: any, bytecode: Hex }} artifact @param {unknown[]} args */
    const deploy = async ({ abi, bytecode }, args) => {
      const { contractAddress } = await mined(await client.deployContract({ abi, bytecode, args, account: treasury }));
      if (!contractAddress) throw new Error("a deployment creates nothing");
      return getAddress(contractAddress);
    };
    const plainToken = double("PlainToken.sol", "PlainToken", join(folder, "doubles"));
    const token = await deploy(plainToken, [tokens(1_000_000n)]);
    const pinned = readJson(join(root, "contracts/AmbassadorPayouts.json"));
    const wallet = typeof signer === "number" ? await deploy(double("Wallets.sol", "HonestWallet", join(folder, "doubles")), [accounts[signer]]) : undefined;
    const payouts = await deploy(pinned, [token, treasury, owner, guardian, wallet ?? signer, wallet !== undefined, dailyCap, maxClaim]);

    return {
      url,
      chainId,
      /** A folder that goes with the chain. */
      folder,
      /** What viem can do with it. */
      client,
      /** The accounts that have ether and that the node signs for. */
      accounts,
      treasury,
      owner,
      guardian,
      /** The contract that signs, where one does. */
      wallet,
      /** Somebody who has nothing to do with the programme. */
      stranger: accounts[9],
      token,
      payouts,
      payoutsAbi: pinned.abi,
      /** Moves tokens from the treasury to the contract. @param {bigint} amount base units */
      fund: async (amount) => {
        const transfer = /** @type {const} */ ({ abi: erc20, functionName: "transfer", args: [payouts, amount] });
        await mined(await client.writeContract({ ...transfer, address: token, account: treasury }));
      },
      /** Base units that an account has. @param {Hex} account */
      balance: (account) => client.readContract({ abi: erc20, address: token, functionName: "balanceOf", args: [account] }),
      /** Lets the node send for an account whose key nobody here has. @param {Hex} address */
      impersonate: async (address) => {
        await client.impersonateAccount({ address });
        await client.setBalance({ address, value: tokens(1n) });
      },
      /** Calls the contract. @param {Hex} account who sends @param {string} functionName @param {unknown[]} args */
      call: async (account, functionName, args = []) => {
        const call = { abi: pinned.abi, address: payouts, functionName, args, account };
        return mined(await client.writeContract(/** @type {any} */ (call)));
      },
      /** Sets the time of the next block. @param {bigint} time unix seconds */
      setNextTime: (time) => client.setNextBlockTimestamp({ timestamp: time }),
      /** Is done when the node is gone. */
      ended,
      /** Ends the node and removes the folder. */
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The port on which the node says that it listens. @param {import("node:child_process").ChildProcess} node */
async function port({ stdout }) {
  if (!stdout) throw new Error("the node cannot be heard");
  const lines = createInterface({ input: stdout });
  const silence = setTimeout(() => lines.close(), 60_000);
  try {
    for await (const line of lines) {
      const listens = /^Listening on 127\.0\.0\.1:(\d+)$/.exec(line.trim());
      if (listens) return listens[1];
    }
  } finally {
    clearTimeout(silence);
    // What it says from now on is not read, and must not stop it.
    stdout.resume();
  }
  throw new Error("the local chain does not listen");
}

/** The node's binary for this platform: the package of all platforms only starts a child, which would outlive it. */
function anvil() {
  const scope = join(root, "web-demo/node_modules/@foundry-rs");
  const packages = existsSync(scope) ? readdirSync(scope) : [];
  const names = ["anvil", "anvil.exe"];
  const binaries = packages.flatMap((name) => names.map((binary) => join(scope, name, "bin", binary)));
  const binary = binaries.find((path) => existsSync(path));
  if (!binary) throw new Error("anvil is missing: run `npm ci --ignore-scripts --prefix web-demo`");
  return binary;
}

/** A test double of the contracts. @param {string} source its file @param {string} name @param {string} folder for what is compiled */
function double(source, name, folder) {
  execFileSync(process.execPath, [join(root, "contracts/build.mjs"), "--out", folder, source], { stdio: ["ignore", 2, 2] });
  return readJson(join(folder, `${name}.json`));
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

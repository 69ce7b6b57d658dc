using System.Globalization;
using NetworkIdentity.Standards.Crypto;

namespace NetworkIdentity.Standards.Caip;

/// <summary>What an account signs to show whose it is: the text of Sign-In with Ethereum [EIP-4361 §Message Format], which is that of [CAIP-122 §Specification] for eip155.</summary>
/// <remarks>
/// It is written here and never read: who asked for it knows what stood in it, writes it again, and takes the signature of that text or of none. So nothing of a message that somebody else wrote
/// is ever believed. Request ID, Not Before and Resources are left out: nothing here needs them.
/// </remarks>
/// <param name="Domain">Who asks: host and port.</param>
/// <param name="Account">The account that is asked.</param>
/// <param name="Statement">What it is for, in printable ASCII without quotation marks: one line.</param>
/// <param name="Uri">Where it is asked.</param>
/// <param name="Nonce">Letters and digits, at least eight, used once.</param>
/// <param name="IssuedAt">When it was asked.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
public sealed record SignInMessage(string Domain, AccountId Account, string Statement, string Uri, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>The text.</summary>
    public override string ToString() => string.Join('\n',
    [
        $"{Domain} wants you to sign in with your Ethereum account:",
        Account.Address,
        "",
        Statement,
        "",
        $"URI: {Uri}",
        "Version: 1",
        $"Chain ID: {Account.Reference}",
        $"Nonce: {Nonce}",
        $"Issued At: {Written(IssuedAt)}",
        $"Expiration Time: {Written(ExpiresAt)}",
    ]);

    /// <summary>Whether the account signed it, as wallets sign texts [EIP-191 §Version 0x45].</summary>
    /// <param name="signature">65 bytes in hexadecimal, with 0x or without.</param>
    /// <exception cref="Refusal">Malformed: no signature.</exception>
    public bool IsSigned(string signature)
    {
        var digits = signature.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? signature[2..] : signature;
        if (digits.Length != Secp256k1.SignatureLength * 2 || !digits.All(char.IsAsciiHexDigit)) throw Refusal.Malformed("a signature is 65 bytes in hexadecimal: 0x and 130 digits");
        return AccountId.AddressOf(Secp256k1.Recover(DigestOf(ToString()), Convert.FromHexString(digits))) == Account.Address;
    }

    /// <summary>What is signed of a text: its digest, behind a prefix that no transaction has [EIP-191 §Version 0x45].</summary>
    public static byte[] DigestOf(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return Keccak256.Hash([0x19, .. System.Text.Encoding.ASCII.GetBytes($"Ethereum Signed Message:\n{bytes.Length}"), .. bytes]);
    }

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>What follows from the secret of an application, so that who has it can be shown all of it again though nothing but digests is stored (decision 0038).</summary>
public static class ApplicationSecret
{
    private const int TransactionCodes = 1_000_000;

    /// <summary>The code that the applicant gives to members who know them: 256 bits as base64url, from which the secret can't be told.</summary>
    public static string VouchCodeOf(string secret) => Base64Url.Encode(Mac(secret, "vouch"));

    /// <summary>The code that the wallet asks for, which takes the membership: six digits, on the applicant's own page alone.</summary>
    public static string TransactionCodeOf(string secret) =>
        (BinaryPrimitives.ReadUInt64BigEndian(Mac(secret, "transaction-code")) % TransactionCodes).ToString("D6", CultureInfo.InvariantCulture);

    private static byte[] Mac(string secret, string purpose) => HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.ASCII.GetBytes(purpose));
}

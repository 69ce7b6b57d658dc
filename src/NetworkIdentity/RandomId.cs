using System.Security.Cryptography;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity;

/// <summary>Random names and secrets, from the operating system's generator.</summary>
public static class RandomId
{
    /// <summary>In the order in which they are compared.</summary>
    private const string Alphabet = "23456789abcdefghijkmnpqrstuvwxyz";

    private const int Length = 26;

    /// <summary>How many of them say when it was made.</summary>
    private const int TimeLength = 8;

    /// <summary>
    /// A record's id: 26 letters and digits, safe in a URL and as a command line argument. The first eight say when it was made, to some hundredths of a second, so
    /// that what is written together lies together in an index (decision 0020); the others are 90 random bits.
    /// </summary>
    public static string New() => string.Create(Length, TimeProvider.System.GetUtcNow().UtcTicks >> 17, static (id, time) =>
    {
        for (var at = TimeLength - 1; at >= 0; at--, time >>= 5) id[at] = Alphabet[(int)(time & 31)];
        RandomNumberGenerator.GetItems(Alphabet, id[TimeLength..]);
    });

    /// <summary>Whether a text has the form of a record's id, and so can be a file's name.</summary>
    public static bool IsOne(string text) => text.Length == Length && text.All(Alphabet.Contains);

    /// <summary>A secret that whoever holds it may use: 256 random bits as base64url, 43 characters.</summary>
    public static string Secret() => Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Some decimal digits, for people to type or compare.</summary>
    public static string Digits(int length) => RandomNumberGenerator.GetString("0123456789", length);

    /// <summary>What is stored of a secret: its SHA-256 as base64url. Enough, since the secret has 256 random bits.</summary>
    public static string Digest(string secret) => Base64Url.Encode(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
}

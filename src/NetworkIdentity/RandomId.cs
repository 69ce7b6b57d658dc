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
    private const int TimeLength = 10;

    private const int SpokenLength = 12;

    private static long _last;

    /// <summary>
    /// A record's id: 26 letters and digits, safe in a URL and as a command line argument. The first ten say when it was made, in steps of thirteen microseconds, and none has those of
    /// another of this process: so what is written together lies together in an index, and in its order (decision 0020). The others are 80 random bits.
    /// </summary>
    public static string New() => string.Create(Length, NextTime(), static (id, time) =>
    {
        for (var at = TimeLength - 1; at >= 0; at--, time >>= 5) id[at] = Alphabet[(int)(time & 31)];
        RandomNumberGenerator.GetItems(Alphabet, id[TimeLength..]);
    });

    /// <summary>Now, or the first moment after that of the id before, whichever is later.</summary>
    private static long NextTime()
    {
        while (true)
        {
            var (last, now) = (Interlocked.Read(ref _last), TimeProvider.System.GetUtcNow().UtcTicks >> 7);
            var next = Math.Max(last + 1, now);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return next;
        }
    }

    /// <summary>Whether a text has the form of a record's id, and so can be a file's name.</summary>
    public static bool IsOne(string text) => text.Length == Length && text.All(Alphabet.Contains);

    /// <summary>A secret that whoever holds it may use: 256 random bits as base64url, 43 characters.</summary>
    public static string Secret() => Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Some decimal digits, for people to type or compare.</summary>
    public static string Digits(int length) => RandomNumberGenerator.GetString("0123456789", length);

    /// <summary>A code to read out on the telephone, made from a secret: twelve letters and digits in three groups, 60 bits.</summary>
    public static string Spoken(string secret)
    {
        var bytes = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"spoken:{secret}"));
        return Grouped(string.Concat(bytes.Take(SpokenLength).Select(one => Alphabet[one & 31])));
    }

    /// <summary>A code as somebody typed it, as <see cref="Spoken"/> writes it: without other signs, in small letters.</summary>
    public static string Heard(string typed) => Grouped(string.Concat(typed.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(SpokenLength + 1)));

    private static string Grouped(string code) => string.Join('-', code.Chunk(4).Select(group => new string(group)));

    /// <summary>What is stored of a secret: its SHA-256 as base64url. Enough, since the secret has 256 random bits.</summary>
    public static string Digest(string secret) => Base64Url.Encode(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
}

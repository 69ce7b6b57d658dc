using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using NetworkIdentity.Keys;

namespace NetworkIdentity.SigningIn;

/// <summary>The three numbers that the wallet's holder is shown on another device: that of the browser that asked, and two others [RFC10027 §6.1.16, the other way round].</summary>
/// <remarks>The others are made with a MAC: each server shows the same, and who loads the page again learns nothing by what has changed.</remarks>
internal static class NumberChoice
{
    /// <summary>The three, in their order as numbers.</summary>
    /// <param name="keys">The nation's keys.</param>
    /// <param name="signInId">The sign-in.</param>
    /// <param name="number">Its two digits.</param>
    public static IReadOnlyList<string> Of(KeyRing keys, string signInId, string number)
    {
        var random = HMACSHA256.HashData(keys.Derive("number-choice"), System.Text.Encoding.ASCII.GetBytes(signInId));
        var first = Pick(random.AsSpan(0, 4), number);
        var second = Pick(random.AsSpan(4, 4), number, first);
        string[] all = [number, first, second];
        Array.Sort(all, StringComparer.Ordinal);
        return all;
    }

    /// <summary>A number that nobody takes for one of the others: another in both places, and not one of them turned round.</summary>
    private static string Pick(ReadOnlySpan<byte> random, params string[] others)
    {
        string[] fitting =
        [
            .. Enumerable.Range(0, 100).Select(one => one.ToString("00", CultureInfo.InvariantCulture))
                .Where(one => others.All(other => one[0] != other[0] && one[1] != other[1] && !(one[0] == other[1] && one[1] == other[0]))),
        ];
        return fitting[(int)(BinaryPrimitives.ReadUInt32LittleEndian(random) % (uint)fitting.Length)];
    }
}

using System.Globalization;

namespace NetworkIdentity;

/// <summary>Names that people see: of the nation and of apps.</summary>
public static class DisplayName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 100;

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    /// <remarks>
    /// No control characters, line ends, direction overrides or letters that are drawn as nothing: a name stands in terminals, in wallets and in signed requests, where it could pass
    /// for something else. The joiners that some scripts and emoji need are taken.
    /// </remarks>
    /// <param name="name">The name, or another text of one line.</param>
    /// <param name="maxLength">The most characters it may have.</param>
    public static string? Fault(string name, int maxLength = MaxLength)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > maxLength) return $"must have 1 to {maxLength} characters";
        return name.EnumerateRunes().Any(IsInvisible) ? "must hold no control characters, line ends or direction overrides" : null;
    }

    /// <summary>What is wrong with words of several lines; null where nothing is.</summary>
    public static string? FaultOfLines(string words, int maxLength) => Fault(words.ReplaceLineEndings(" "), maxLength);

    /// <summary>A name without what it must not hold, for a text that goes out: each such character is a space.</summary>
    internal static string Cleaned(string name) => string.Concat(name.EnumerateRunes().Select(rune => IsInvisible(rune) ? " " : rune.ToString())).Trim();

    // Letters that are drawn as nothing: the fillers of Hangul, and the empty Braille cell.
    private static bool IsInvisible(System.Text.Rune rune) => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 || (rune.Value is not (0x200C or 0x200D)
        && System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}

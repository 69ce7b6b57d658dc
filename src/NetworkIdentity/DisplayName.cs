using System.Globalization;

namespace NetworkIdentity;

/// <summary>Names that people see: of the nation and of apps.</summary>
public static class DisplayName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 100;

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    /// <remarks>
    /// No control characters, line ends or direction overrides: a name stands in terminals, in wallets and in signed requests, where it could pass
    /// for something else. The joiners that some scripts and emoji need are taken.
    /// </remarks>
    public static string? Fault(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxLength) return $"must have 1 to {MaxLength} characters";
        return name.EnumerateRunes().Any(IsInvisible) ? "must hold no control characters, line ends or direction overrides" : null;
    }

    private static bool IsInvisible(System.Text.Rune rune) => rune.Value is not (0x200C or 0x200D)
        && System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}

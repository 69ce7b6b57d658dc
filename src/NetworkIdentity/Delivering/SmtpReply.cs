namespace NetworkIdentity.Delivering;

/// <summary>What a mail server answers: a number, and lines of text [RFC5321 §4.2].</summary>
/// <param name="Code">The number: 2xx it is done, 3xx go on, 4xx not now, 5xx no.</param>
/// <param name="Lines">The lines, without the number.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>Whether it refuses by a rule of its own rather than because there is no such address [RFC3463 §3.8].</summary>
    public bool IsOfPolicy => Lines[^1].StartsWith("5.7.", StringComparison.Ordinal);

    /// <summary>Whether a server offers a service in its answer to EHLO, with a word behind it [RFC5321 §4.1.1.1].</summary>
    public bool Offers(string service, string? word = null) => Lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(words =>
        words.Length > 0 && words[0].Equals(service, StringComparison.OrdinalIgnoreCase) && (word is null || words.Skip(1).Contains(word, StringComparer.OrdinalIgnoreCase)));
}

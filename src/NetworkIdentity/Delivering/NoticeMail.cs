using System.Globalization;
using System.Text;
using NetworkIdentity.Governing;

namespace NetworkIdentity.Delivering;

/// <summary>A notice as an e-mail: the nation's name, what sort of thing happened, and where it is read. Nothing of the person but the address [RFC5322].</summary>
/// <remarks>Whatever is not ours stands in base64, in the header and in the body: so no name begins a line or a field (A93).</remarks>
internal static class NoticeMail
{
    /// <summary>The most bytes of text in a word of the header, so that no line has more than 76 letters with what is around it [RFC2047 §2].</summary>
    private const int MaxWord = 39;

    /// <summary>The message, its lines of ASCII with CR and LF at their ends.</summary>
    /// <param name="nation">Who writes.</param>
    /// <param name="from">The address in whose name it writes.</param>
    /// <param name="to">Who is told.</param>
    /// <param name="kind">Of what.</param>
    /// <param name="noticeId">The notice's id: each attempt is of the same message.</param>
    /// <param name="at">When the person was to be told.</param>
    public static string Compose(Nation nation, string from, string to, NoticeKind kind, string noticeId, DateTimeOffset at)
    {
        var name = Isolated(DisplayName.Cleaned(nation.Name));
        var text = $"""
            {name}

            {kind.Words}.

            To read it, sign in here: {nation.Url(kind.Page)}

            This was sent to the address that you gave there. You can change or remove it there.

            """.ReplaceLineEndings("\r\n");
        return $"""
            From: {Words(name)}
             <{from}>
            To: <{to}>
            Subject: {Words($"{name}: {kind.Words}")}
            Date: {at.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}
            Message-ID: <{noticeId}@{new Uri(nation.Issuer).IdnHost}>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks)}

            """.ReplaceLineEndings("\r\n");
    }

    /// <summary>A name that may run the other way doesn't turn what stands beside it.</summary>
    private static string Isolated(string name) => Ascii.IsValid(name) ? name : $"\u2068{name}\u2069";

    /// <summary>A text as encoded words, each of whole letters, a line each [RFC2047 §2, §5].</summary>
    private static string Words(string text)
    {
        List<string> words = [];
        var word = "";
        foreach (var letter in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word) + letter.Utf8SequenceLength > MaxWord)
            {
                words.Add(word);
                word = "";
            }

            word += letter.ToString();
        }

        words.Add(word);
        return string.Join("\r\n ", words.Select(one => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(one))}?="));
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>Compiles a <c>pattern</c> of ECMAScript [ECMA-262 §22.2] to a regular expression that runs in linear time.</summary>
/// <remarks>
/// What the two dialects read differently is translated (<c>$ . \d \w \s</c>) or refused (look-around, back-references, named groups,
/// options, <c>\b</c>; long names of categories, as in <c>\p{Letter}</c>). One surprise stays: characters beyond U+FFFF count as two.
/// </remarks>
internal static class EcmaPattern
{
    private const int MaxLength = 1000;
    private const string Space = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    public static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxLength) throw Refusal.Malformed("a pattern of the schema is too long");
        try
        {
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Refusal.Malformed("a pattern of the schema is no regular expression that is supported", exception);
        }
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\')
            {
                i = Escape(pattern, i + 1, inClass, text);
            }
            else if (inClass)
            {
                inClass = c != ']';

                // An opening bracket in a class would start a subtraction.
                text.Append(c == '[' ? @"\[" : c.ToString());
            }
            else
            {
                inClass = c == '[';
                if (c == '(' && Next(pattern, i) == '?' && Next(pattern, i + 1) != ':') throw Unsupported();
                text.Append(c switch { '$' => @"\z", '.' => @"[^\n\r\u2028\u2029]", _ => c.ToString() });

                // An empty class is written [] or [^] in ECMAScript, and not at all here.
                if (inClass && (Next(pattern, i) == ']' || (Next(pattern, i) == '^' && Next(pattern, i + 1) == ']'))) throw Unsupported();
            }
        }

        return text.ToString();
    }

    private static char Next(string pattern, int at) => at + 1 < pattern.Length ? pattern[at + 1] : '\0';

    /// <returns>The index of the escape's last character.</returns>
    private static int Escape(string pattern, int at, bool inClass, StringBuilder text)
    {
        if (at >= pattern.Length) throw Unsupported();
        switch (pattern[at])
        {
            case 'd':
                text.Append(inClass ? "0-9" : "[0-9]");
                return at;
            case 'w':
                text.Append(inClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]");
                return at;
            case 's':
                text.Append(inClass ? Space : $"[{Space}]");
                return at;
            case 'D' when !inClass:
                text.Append("[^0-9]");
                return at;
            case 'W' when !inClass:
                text.Append("[^A-Za-z0-9_]");
                return at;
            case 'S' when !inClass:
                text.Append($"[^{Space}]");
                return at;
            case 't' or 'n' or 'r' or 'f' or 'v':
            case '^' or '$' or '\\' or '.' or '*' or '+' or '?' or '(' or ')' or '[' or ']' or '{' or '}' or '|' or '/' or '-':
                text.Append('\\').Append(pattern[at]);
                return at;
            case 'x':
                return Take(2);
            case 'u' when Next(pattern, at) != '{':
                return Take(4);
            case 'p' or 'P' when Next(pattern, at) == '{' && pattern.IndexOf('}', at) is > 0 and var end:
                return Take(end - at);
            default:
                throw Unsupported();
        }

        int Take(int length)
        {
            if (at + length >= pattern.Length) throw Unsupported();
            text.Append('\\').Append(pattern, at, length + 1);
            return at + length;
        }
    }

    private static Refusal Unsupported() => Refusal.Malformed("a pattern of the schema has what is not supported");
}

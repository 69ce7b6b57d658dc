using System.Text;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Tests.Standards;

/// <summary>Breaks a valid text in many ways, the same ways each time; whatever a parser makes of it, only a Refusal may escape.</summary>
internal static class Mutations
{
    private static readonly string[] Splinters =
        ["", "\0", "\"", "{", "}", "[", "]", "[[", ",", ":", "null", "true", "-1", "1e999", "0.5", "9223372036854775808", "\\ud800", "\ud800", "~", "~~", ".", "=", "\u00e9", "_sd", "...", "$ref", "a"];

    /// <summary>Feeds <paramref name="rounds"/> mutants of <paramref name="valid"/> to <paramref name="parse"/>; the count of those it refused.</summary>
    public static int Refused(string valid, Action<string> parse, int rounds = 1500)
    {
        parse(valid);
        var random = new Lots(4711);
        var refused = 0;
        for (var i = 0; i < rounds; i++)
        {
            var mutant = new StringBuilder(valid);
            for (var cuts = random.Next(1, 4); cuts > 0 && mutant.Length > 0; cuts--) Cut(mutant, random);
            try
            {
                parse(mutant.ToString());
            }
            catch (Refusal refusal)
            {
                Assert.All(refusal.Description, c => Assert.InRange(c, ' ', '~'));
                refused++;
            }
        }

        return refused;
    }

    private static void Cut(StringBuilder text, Lots random)
    {
        var at = random.Next(text.Length);
        var length = Math.Min(random.Next(1, 12), text.Length - at);
        switch (random.Next(4))
        {
            case 0:
                text[at] = (char)random.Next(' ', 0x80);
                break;
            case 1:
                text.Remove(at, length);
                break;
            case 2:
                text.Insert(at, text.ToString(at, length));
                break;
            default:
                text.Remove(at, length).Insert(at, Splinters[random.Next(Splinters.Length)]);
                break;
        }
    }

    /// <summary>xorshift32: the same lots on every run.</summary>
    private sealed class Lots(uint seed)
    {
        private uint _state = seed;

        public int Next(int limit) => Next(0, limit);

        public int Next(int from, int limit)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return from + (int)(_state % (uint)(limit - from));
        }
    }
}

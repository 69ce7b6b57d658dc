using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards;

/// <summary>Breaks a valid text in many ways, the same ways each time; whatever a parser makes of it, only a Refusal may escape.</summary>
internal static class Mutations
{
    /// <summary>Feeds <paramref name="rounds"/> mutants of <paramref name="valid"/> to <paramref name="parse"/>; the count of those it refused.</summary>
    public static int Refused(string valid, Action<string> parse, int rounds = 1500)
    {
        parse(valid);
        var mutator = new Mutator(4711);
        var refused = 0;
        for (var i = 0; i < rounds; i++)
        {
            try
            {
                parse(mutator.Text(valid));
            }
            catch (Refusal refusal)
            {
                Assert.All(refusal.Description, c => Assert.InRange(c, ' ', '~'));
                refused++;
            }
        }

        return refused;
    }
}

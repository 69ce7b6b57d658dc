using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Issuing;

/// <summary>Replaces the nation's keys of a purpose before the clock does: because it is wanted, or because somebody may have them who should not.</summary>
/// <remarks>
/// What the old keys signed stays good: they are published for as long as that counts. Their successors sign from a week on, so that caches know them before; or at once, which means within a
/// minute at each server. An old key is retired a day after that, since what it signed last says the day on which it was signed and not the minute.
/// </remarks>
public sealed class KeyRotation(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>How long after a rotation that is not urgent the successors sign.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(7);

    private static readonly TimeSpan Retiring = TimeSpan.FromDays(1);

    /// <summary>
    /// The purposes whose keys can be replaced. The root and the log are what others know the nation by; the key behind pairwise subjects would make every member a stranger; the DID's own are
    /// replaced with each entry.
    /// </summary>
    public static readonly IReadOnlyList<KeyPurpose> Purposes = [KeyPurpose.Credential, KeyPurpose.StatusList, KeyPurpose.Request, KeyPurpose.IdToken, KeyPurpose.Assertion, KeyPurpose.Statement];

    /// <summary>Finds a purpose whose keys can be replaced.</summary>
    /// <exception cref="Refusal"><c>unknown_purpose</c>.</exception>
    public static KeyPurpose Purpose(string name) => Purposes.FirstOrDefault(purpose => purpose.Name == name) ?? throw NationRefusal.UnknownPurpose(Purposes.Select(purpose => purpose.Name));

    /// <summary>Replaces them, in every algorithm of the purpose.</summary>
    /// <param name="purpose">One of <see cref="Purposes"/>.</param>
    /// <param name="atOnce">Whether the successors sign at once.</param>
    /// <param name="mandate">The decision; the founder's word where null.</param>
    /// <returns>The successors.</returns>
    /// <exception cref="Refusal"><c>mandate_missing</c>.</exception>
    public async Task<IReadOnlyList<HeldKey>> RotateAsync(KeyPurpose purpose, bool atOnce, Mandate? mandate = null)
    {
        mandate ??= await Mandate.OfFounderAsync(database, Governing.Act.RotateKeys);
        for (var attempt = 0; attempt < 16; attempt++)
        {
            await keys.LoadAsync();
            var now = time.GetUtcNow();
            var signsFrom = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + (atOnce ? TimeSpan.Zero : Ahead);
            var retireAfter = (atOnce ? now : signsFrom) + Retiring;
            List<Statement> act = [.. mandate.Conditions];
            List<string> made = [];
            foreach (var algorithm in purpose.Algorithms)
            {
                var generation = keys.Keys.Where(key => key.Purpose == purpose && key.Algorithm == algorithm).Select(key => key.Generation).DefaultIfEmpty().Max() + 1;
                var (row, keep) = keys.Make(purpose, algorithm, generation, signsFrom);
                made.Add(row.Kid);
                act.Add(SigningKeys.Retire(purpose.Name, algorithm, generation, retireAfter.ToUnixTimeSeconds(), (retireAfter + purpose.OutlivedBy).ToUnixTimeSeconds()));
                act.AddRange(keep);
                act.Add(mandate.Write(row.Kid, time.GetUtcNow().ToUnixTimeSeconds(), $"{purpose.Name} {algorithm}", Governing.Act.RotateKeys));
            }

            // Where another server made that generation first, these are its predecessors too.
            var broken = await database.CommitAsync([.. act]);
            mandate.Check(broken);
            await keys.LoadAsync();
            if (broken is null) return [.. keys.Keys.Where(key => made.Contains(key.Kid))];
        }

        throw new InvalidOperationException("the act broke 16 times: other servers made keys of this purpose all the while");
    }
}

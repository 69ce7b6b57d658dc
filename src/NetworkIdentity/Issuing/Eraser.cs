using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Issuing;

/// <summary>Erases a member: what is stored about them can't be read any more by anyone, here or in later backups. Nothing takes it back.</summary>
/// <remarks>
/// Their credentials are revoked and their sign-ins end in the same act. What stays are the records without words, which the public log's leaves speak of,
/// so that the past still adds up; an app that knew the member by a <c>sub</c> keeps what it has.
/// </remarks>
public sealed class Eraser(Database database, TimeProvider time)
{
    /// <summary>What was done.</summary>
    /// <param name="Revoked">The records that were revoked with it.</param>
    /// <param name="IsScrubbed">
    /// Whether the bytes are out of the database's own files too; false where others used it all the while: erasing again tries that again.
    /// </param>
    public sealed record Erased(IReadOnlyList<string> Revoked, bool IsScrubbed);

    /// <summary>Erases a member; one that was erased before stays so.</summary>
    /// <exception cref="Refusal"><c>unknown_member</c>, <c>mandate_missing</c>.</exception>
    public async Task<Erased> EraseAsync(string memberId)
    {
        var mandate = await Mandate.OfFounderAsync(database, "erase");
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var member = await Members.FindAsync(database, memberId) ?? throw NationRefusal.UnknownMember();
            if (member.State == Member.Erased) return new Erased([], await database.ScrubAsync(Erasures.Tables));
            var records = await Credentials.ListAsync(database, memberId);
            var inForce = records.Where(record => record.RevokedAt is null).ToList();
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var broken = await database.CommitAsync(
            [
                .. mandate.Conditions,
                .. Erasures.Of(memberId, records.Count, inForce.Count, now),
                .. inForce.Select(record => mandate.Write(record.Id, now, record.ToBeSignedDigest, Act.Revoke)),
                mandate.Write(memberId, now),
            ]);
            mandate.Check(broken);
            if (broken is null) return new Erased([.. inForce.Select(record => record.Id)], await database.ScrubAsync(Erasures.Tables));
        }

        throw new InvalidOperationException("the act broke 16 times: the member was given credentials all the while");
    }
}

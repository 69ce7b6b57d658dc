using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Issuing;

/// <summary>Erases a member: what is stored about them can't be read any more by anyone, here or in later backups. Nothing takes it back.</summary>
/// <remarks>
/// Their credentials are revoked and their sign-ins end in the same act. What stays are the records without words, which the public log's leaves speak of,
/// so that the past still adds up; an app that knew the member by a <c>sub</c> keeps what it has. An exit certificate stays in force: what is known of it here goes too, and who was given
/// one is not to lose it for having asked to be forgotten.
/// </remarks>
public sealed class Eraser(Database database, TimeProvider time)
{
    private const string EraseAct = "erase";

    /// <summary>What was done.</summary>
    /// <param name="Revoked">The records that were revoked with it.</param>
    /// <param name="IsScrubbed">
    /// Whether the bytes are out of the database's own files too; false where others used it all the while: erasing again tries that again.
    /// </param>
    public sealed record Erased(IReadOnlyList<string> Revoked, bool IsScrubbed);

    /// <summary>Erases a member; one that was erased before stays so.</summary>
    /// <exception cref="Refusal"><c>unknown_member</c>; <c>erasure_not_asked</c>: the founding phase is over, and the member did not ask for it.</exception>
    public async Task<Erased> EraseAsync(string memberId)
    {
        Mandate? mandate = null;
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var member = await Members.FindAsync(database, memberId);
            if (member?.State == Member.Erased) return new Erased([], await database.ScrubAsync(Erasures.Tables));
            mandate ??= await MandateAsync(memberId);
            if (member is null) throw NationRefusal.UnknownMember();
            var records = await Credentials.ListAsync(database, memberId);
            var inForce = records.Where(record => record.RevokedAt is null && record.Type != CredentialType.Exit).ToList();
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var broken = await database.CommitAsync(
            [
                .. mandate.Conditions,
                .. Erasures.Of(memberId, records.Count, inForce.Count, now, await IsRevokedAsync(memberId, records)),
                .. inForce.Select(record => mandate.Write(record.Id, now, record.ToBeSignedDigest, Act.Revoke)),
                mandate.Write(memberId, now),
            ]);
            mandate.Check(broken);
            if (broken is null) return new Erased([.. inForce.Select(record => record.Id)], await database.ScrubAsync(Erasures.Tables));
        }

        throw new InvalidOperationException("the act broke 16 times: the member was given credentials all the while");
    }

    /// <summary>Whether the last membership of a member was ended by others, and not by their leaving or by its time.</summary>
    private async Task<bool> IsRevokedAsync(string memberId, IReadOnlyList<Credentials.Row> records) =>
        records.LastOrDefault(record => record.Type == CredentialType.Membership) is { RevokedAt: not null } last
        && (await Journal.OfAsync(database, last.Id)).LastOrDefault(row => row.Act == Act.Revoke) is { } ended && ended.Actor != memberId;

    /// <summary>The request of a member who has left; in the founding phase the founder's word is enough.</summary>
    private async Task<Mandate> MandateAsync(string memberId)
    {
        var nation = (await Nations.FindAsync(database))!;
        if (await Departures.LastAsync(database, memberId) is { EraseAskedAt: not null } asked)
        {
            Statement[] conditions = [Departures.IsAsked(asked.Id), Members.HasLeft(memberId)];
            return new(EraseAct, asked.Id, nation.CharterVersion, [.. conditions.Select(condition => condition with { Condition = Mandate.Condition })]);
        }

        return nation.Phase == Mandate.FoundingPhase ? await Mandate.OfFounderAsync(database, EraseAct) : throw NationRefusal.ErasureNotAsked();
    }
}

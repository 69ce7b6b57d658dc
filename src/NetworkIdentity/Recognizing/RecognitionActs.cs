using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Recognizing;

/// <summary>To recognise and to end it: by the charter's rule for <c>recognise</c>, or on the founder's word.</summary>
public static class RecognitionActs
{
    private const string OtherDid = "the DID is another than that by which the issuer is recognised: end that first";

    /// <summary>One that was decided, by its id.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>: there is none, or it has ended.</exception>
    public static async Task<RegisteredRecognition> FindAsync(Database database, string id, DateTimeOffset now) =>
        (await Recognitions.AllAsync(database)).Where(row => row.Id == id).Select(RegisteredRecognition.Of).FirstOrDefault() is { } found && found.StateAt(now) != "ended"
            ? found
            : throw NationRefusal.InvalidProposal("there is no such recognition, or it has ended");

    /// <summary>What can be looked at before it is decided.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>.</exception>
    internal static async Task CheckAsync(Database database, Nation own, Proposal proposal, DateTimeOffset now)
    {
        if (proposal.Act == Act.EndRecognition)
        {
            await FindAsync(database, proposal.Subject, now);
            return;
        }

        var recognition = Recognition.Parse(proposal.Content);
        recognition.Check(own, now);

        // One issuer has one DID: which of two is meant would be anybody's guess.
        if (recognition.Issuer is { } issuer && (await Recognitions.AllAsync(database)).Select(RegisteredRecognition.Of).OfType<RegisteredRecognition>()
            .Any(one => one.StateAt(now) != "ended" && one.Content.Issuer == issuer && one.Content.Did != recognition.Did))
            throw NationRefusal.InvalidProposal(OtherDid);
    }

    /// <summary>What carries it out.</summary>
    internal static async Task<IReadOnlyList<Statement>> EnactedAsync(Database database, Nation own, Proposal proposal, Mandate mandate, DateTimeOffset now)
    {
        if (proposal.Act == Act.EndRecognition) return Ended(await FindAsync(database, proposal.Subject, now), mandate, now);
        return await KeptAsync(database, own, mandate.DecisionId!, proposal, mandate, now); // Looked at once more: meanwhile it may be over.
    }

    /// <summary>Recognises, on the founder's word.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>, <c>mandate_missing</c>.</exception>
    public static async Task<RegisteredRecognition> RecogniseAsync(Database database, Nation own, TimeProvider time, Recognition recognition)
    {
        var (now, id) = (time.GetUtcNow(), RandomId.New());
        var mandate = await Mandate.OfFounderAsync(database, Act.Recognise);
        await CommitAsync(database, mandate, await KeptAsync(database, own, id, Proposal.Recognise(recognition), mandate, now));
        return await FindAsync(database, id, now);
    }

    /// <summary>Ends one before its time, on the founder's word.</summary>
    /// <exception cref="Refusal"><c>invalid_proposal</c>, <c>mandate_missing</c>.</exception>
    public static async Task EndAsync(Database database, TimeProvider time, string id)
    {
        var now = time.GetUtcNow();
        var mandate = await Mandate.OfFounderAsync(database, Act.EndRecognition);
        var found = await FindAsync(database, id, now);
        await CommitAsync(database, mandate, Ended(found, mandate, now));
    }

    private static async Task<IReadOnlyList<Statement>> KeptAsync(Database database, Nation own, string id, Proposal proposal, Mandate mandate, DateTimeOffset now)
    {
        var recognition = Recognition.Parse(proposal.Content);
        var revision = recognition.Issuer is null ? 0 : await Recognitions.RevisionAsync(database, recognition.Issuer);
        await CheckAsync(database, own, proposal, now);
        return
        [
            .. recognition.Issuer is null ? (Statement[])[] : [Recognitions.Hold(recognition.Issuer, recognition.Did!, revision)],
            Recognitions.Insert(new() { Id = id, Content = StrictJson.Write(recognition.ToJson()), Digest = recognition.Digest, DecidedAt = now.ToUnixTimeSeconds() }),
            mandate.Write(id, now.ToUnixTimeSeconds(), recognition.Digest),
        ];
    }

    private static IReadOnlyList<Statement> Ended(RegisteredRecognition recognition, Mandate mandate, DateTimeOffset now) =>
        [Recognitions.End(recognition.Id, now.ToUnixTimeSeconds()), mandate.Write(recognition.Id, now.ToUnixTimeSeconds(), recognition.Content.Digest)];

    private static async Task CommitAsync(Database database, Mandate mandate, IReadOnlyList<Statement> act)
    {
        var broken = await database.CommitAsync([.. mandate.Conditions, .. act]);
        mandate.Check(broken);
        if (broken == Recognitions.IssuerCondition) throw NationRefusal.InvalidProposal(OtherDid);
        if (broken is not null) throw NationRefusal.InvalidProposal("there is no such recognition, or it has ended");
    }
}

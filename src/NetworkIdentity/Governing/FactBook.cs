using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Governing;

/// <summary>Records facts, their witnesses and their corrections, and reads them again. Who may do so is decided by the caller, who brings the mandate.</summary>
public sealed class FactBook(Database database, KeyRing keys, TimeProvider time)
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>Records a fact, which nobody attests yet.</summary>
    /// <param name="draft">What happened.</param>
    /// <param name="needed">How many witnesses the charter wants.</param>
    /// <param name="mandate">Who records it, under which charter.</param>
    /// <param name="witnesses">Who attests it with that: those whose approval decided it. The member is told then.</param>
    /// <returns>The fact's id.</returns>
    /// <exception cref="Refusal"><c>invalid_fact</c>, <c>unknown_node</c>, <c>unknown_member</c>, <c>not_a_member</c>.</exception>
    public Task<string> RecordAsync(FactDraft draft, int needed, Mandate mandate, params IReadOnlyList<string> witnesses) =>
        WriteAsync("fact", draft, needed, mandate, null, false, null, witnesses);

    /// <summary>Records a fact that takes the place of another about the same member, once it has its witnesses.</summary>
    /// <param name="factId">The other.</param>
    /// <param name="draft">What happened instead.</param>
    /// <param name="needed">How many witnesses the charter wants.</param>
    /// <param name="mandate">Who corrects it, under which charter.</param>
    /// <param name="witnesses">As of a fact.</param>
    /// <returns>The new fact's id.</returns>
    /// <exception cref="Refusal"><c>unknown_fact</c>, and as for a fact; <c>invalid_fact</c>, too, where the two are about different members.</exception>
    public async Task<string> CorrectAsync(string factId, FactDraft draft, int needed, Mandate mandate, params IReadOnlyList<string> witnesses)
    {
        var first = await Facts.FindAsync(database, factId) ?? throw NationRefusal.UnknownFact();
        if (first.MemberId != draft.MemberId) throw NationRefusal.InvalidFact("a correction is about the same member as the fact");
        return await WriteAsync("correct", draft, needed, mandate, factId, false, null, witnesses);
    }

    /// <summary>Records that a fact did not happen: it is taken away once that has its witnesses.</summary>
    /// <param name="factId">The fact.</param>
    /// <param name="text">Why, in a few words; kept under the member's own key.</param>
    /// <param name="needed">How many witnesses the charter wants.</param>
    /// <param name="mandate">Who annuls it, under which charter.</param>
    /// <param name="witnesses">As of a fact.</param>
    /// <returns>The new fact's id.</returns>
    /// <exception cref="Refusal"><c>unknown_fact</c>, <c>unknown_member</c>, <c>invalid_fact</c>.</exception>
    public async Task<string> AnnulAsync(string factId, string text, int needed, Mandate mandate, params IReadOnlyList<string> witnesses)
    {
        var first = await Facts.FindAsync(database, factId) ?? throw NationRefusal.UnknownFact();
        return await WriteAsync("correct", new(first.Kind, first.MemberId, Day(first.FromDay), Day(first.UntilDay), text), needed, mandate, factId, true, first.NodeId, witnesses);
    }

    /// <summary>A member attests a fact.</summary>
    /// <param name="factId">The fact.</param>
    /// <param name="memberId">The witness, who belongs; that the charter lets them attest it, the caller has looked at.</param>
    /// <param name="mandate">Who is written into the journal, under which charter.</param>
    /// <exception cref="Refusal"><c>unknown_fact</c>, <c>own_fact</c>, <c>already_witnessed</c>, <c>not_a_member</c>.</exception>
    public async Task WitnessAsync(string factId, string memberId, Mandate mandate)
    {
        var fact = await Facts.FindAsync(database, factId) ?? throw NationRefusal.UnknownFact();
        if (fact.MemberId == memberId) throw NationRefusal.OwnFact();
        var now = time.GetUtcNow();
        var broken = await database.CommitAsync(
        [
            .. mandate.Conditions,
            Credentials.Belongs(memberId, now.ToUnixTimeSeconds()),
            FactWitnesses.Insert(new() { FactId = factId, MemberId = memberId, Day = Text(DayOf(now)), CreatedAt = now.ToUnixTimeSeconds() }),
            Facts.Move(),
            mandate.Write(factId, now.ToUnixTimeSeconds(), fact.Digest, "witness"),
        ]);
        mandate.Check(broken);
        if (broken is not null) throw broken == Credentials.BelongsCondition ? NationRefusal.NotAMember() : NationRefusal.AlreadyWitnessed();
    }

    /// <summary>All facts, oldest first.</summary>
    public async Task<IReadOnlyList<Fact>> AllAsync()
    {
        // The facts first: a witness who is read is of one of them, or of one that came after.
        var rows = await Facts.AllAsync(database);
        return Read(rows, await FactWitnesses.AllAsync(database), await MergedMembers.PersonsAsync(database));
    }

    /// <summary>The facts about a member, oldest first.</summary>
    public async Task<IReadOnlyList<Fact>> OfAsync(string memberId)
    {
        var rows = await Facts.OfAsync(database, memberId);
        return Read(rows, await FactWitnesses.AboutAsync(database, memberId), await MergedMembers.PersonsAsync(database));
    }

    /// <summary>Which facts these are, with their witnesses, whatever their order: SHA-256 of their ids and of who attested them on which day, as base64url. A fact itself never changes.</summary>
    public static string DigestOf(IEnumerable<Fact> facts) => Base64Url.Encode(SHA256.HashData(Jcs.Canonicalize(new JsonObject
    {
        ["facts"] = new JsonArray(
        [
            .. facts.OrderBy(fact => fact.Id, StringComparer.Ordinal).Select(fact => (JsonNode)new JsonArray(
            [
                fact.Id, .. fact.Witnesses.OrderBy(witness => witness.By, StringComparer.Ordinal).Select(witness => (JsonNode)new JsonArray(witness.By, Text(witness.Day))),
            ])),
        ]),
    })));

    /// <summary>The facts. Who attested under an id that was merged since attested as who they are now: of themselves nobody does, and of another once.</summary>
    private static IReadOnlyList<Fact> Read(IReadOnlyList<Facts.Row> rows, IReadOnlyList<FactWitnesses.Row> attested, IReadOnlyDictionary<string, string> persons)
    {
        var about = rows.ToDictionary(row => row.Id, row => PersonOf(row.MemberId), StringComparer.Ordinal);
        var witnesses = attested.Select(row => row with { MemberId = PersonOf(row.MemberId) }).Where(row => about.GetValueOrDefault(row.FactId) != row.MemberId)
            .DistinctBy(row => (row.FactId, row.MemberId)).ToLookup(row => row.FactId);
        return
        [
            .. rows.Select(row => new Fact(
                row.Id, row.Kind, row.MemberId, Day(row.FromDay), Day(row.UntilDay), (int)row.Needed, [.. witnesses[row.Id].Select(witness => new Attestation(witness.MemberId, Day(witness.Day)))])
            {
                NodeId = row.NodeId,
                Amount = row.Amount,
                Corrects = row.Corrects,
                IsAnnulment = row.Annuls == 1,
            }),
        ];

        string PersonOf(string id) => persons.GetValueOrDefault(id, id);
    }

    /// <summary>What the words of the facts about a member are, by the facts' ids; none where the member is unknown or erased.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TextsAsync(string memberId)
    {
        if (await Member.FindAsync(database, keys, memberId) is not { } member) return new Dictionary<string, string>();
        return (await Facts.OfAsync(database, memberId)).ToDictionary(
            row => row.Id, row => StrictJson.ParseObject(member.Data.Open(row.Content, Owner(row.Id))).RequiredString("text"));
    }

    /// <summary>The bands of today, of everyone or of one member.</summary>
    public async Task<IReadOnlyList<Reputation>> BandsAsync(string? memberId = null) =>
        [.. ReputationMethod.Of(await AllAsync(), DayOf(time.GetUtcNow())).Where(reputation => memberId is null || reputation.MemberId == memberId)];

    /// <summary>Facts for whoever computes again, without words and under names that are made for this export alone.</summary>
    /// <param name="memberId">Whose bands it is enough for; null for everyone's.</param>
    /// <exception cref="Refusal"><c>unknown_member</c>.</exception>
    public async Task<FactDocument> ExportAsync(string? memberId = null)
    {
        if (memberId is not null && await Members.FindAsync(database, memberId) is null) throw NationRefusal.UnknownMember();
        return FactDocument.Of(await AllAsync(), memberId);
    }

    private async Task<string> WriteAsync(string act, FactDraft draft, int needed, Mandate mandate, string? corrects, bool annuls, string? nodeId, IReadOnlyList<string> witnesses)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(needed, 1);
        var now = time.GetUtcNow();
        Check(draft, DayOf(now));
        if (draft.Node is { } node) nodeId = (await Node.FindAsync(database, node)).Id;
        var member = await Member.FindAsync(database, keys, draft.MemberId) ?? throw NationRefusal.UnknownMember();

        var id = RandomId.New();
        var (from, until, salt) = (Text(draft.From), Text(draft.Until), Base64Url.Encode(RandomNumberGenerator.GetBytes(16)));
        var row = new Facts.Row
        {
            Id = id,
            MemberId = draft.MemberId,
            Kind = draft.Kind,
            NodeId = nodeId,
            FromDay = from,
            UntilDay = until,
            Amount = draft.Amount,
            Needed = needed,
            Corrects = corrects,
            Annuls = annuls ? 1 : 0,
            Content = member.Data.Seal(StrictJson.Write(new JsonObject { ["text"] = draft.Text, ["salt"] = salt }), Owner(id)),

            // Salted with what is erased with the member: nobody tries days and nodes until one fits.
            Digest = Base64Url.Encode(SHA256.HashData(Jcs.Canonicalize(new JsonObject
            {
                ["id"] = id,
                ["member"] = draft.MemberId,
                ["kind"] = draft.Kind,
                ["node"] = nodeId,
                ["from"] = from,
                ["until"] = until,
                ["amount"] = draft.Amount,
                ["needed"] = needed,
                ["corrects"] = corrects,
                ["annuls"] = annuls,
                ["text"] = draft.Text,
                ["salt"] = salt,
            }))),
            CharterVersion = mandate.CharterVersion,
            CreatedAt = now.ToUnixTimeSeconds(),
        };

        // Who has left since is still owed that what is said of them is right.
        var broken = await database.CommitAsync(
        [
            .. mandate.Conditions,
            .. corrects is null ? [Credentials.Belongs(draft.MemberId, row.CreatedAt)] : Array.Empty<Statement>(),
            Facts.Insert(row),
            mandate.Write(id, row.CreatedAt, row.Digest, act),
            .. witnesses.SelectMany(witness => (Statement[])
            [
                FactWitnesses.Insert(new() { FactId = id, MemberId = witness, Day = Text(DayOf(now)), CreatedAt = row.CreatedAt }), mandate.Write(id, row.CreatedAt, row.Digest, "witness"),
            ]),
            .. witnesses.Count > 0 ? Notice.To(draft.MemberId, NoticeKind.FactWitnessed, id, now) : [],
            Facts.Move(),
        ]);
        mandate.Check(broken);
        if (broken == FactWitnesses.Condition) throw NationRefusal.OwnFact();
        return broken is null ? id : throw NationRefusal.NotAMember();
    }

    /// <summary>Whether it could be a fact.</summary>
    /// <exception cref="Refusal"><c>invalid_fact</c>.</exception>
    internal static void Check(FactDraft draft, DateOnly today)
    {
        if (!FactKind.All.Contains(draft.Kind)) throw NationRefusal.InvalidFact($"the kind must be one of {string.Join(", ", FactKind.All)}");
        if (draft.Until < draft.From || draft.Until > today) throw NationRefusal.InvalidFact("the last day must not be before the first, and not after today");
        if (draft.Amount is < 1 or > FactDraft.MostAmount) throw NationRefusal.InvalidFact($"the amount must be 1 to {FactDraft.MostAmount}");
        if (DisplayName.Fault(draft.Text, FactDraft.LongestText) is { } fault) throw NationRefusal.InvalidFact($"the text {fault}");
    }

    private static string Owner(string id) => $"fact/{id}";

    private static DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, DayFormat, CultureInfo.InvariantCulture);

    private static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
}

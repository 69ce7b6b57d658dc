using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;

namespace NetworkIdentity.Governing;

/// <summary>Facts as they are exported and read again. The format is <c>schemas/facts.schema.json</c>, which says what each member means.</summary>
/// <param name="Facts">The facts.</param>
/// <param name="About">Whose reputation can be made of them, where they are not all; null where they are.</param>
public sealed record FactDocument(IReadOnlyList<Fact> Facts, string? About)
{
    /// <summary>The most bytes of a document: some hundred thousand facts.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const string DayFormat = "yyyy-MM-dd";

    private static readonly Lazy<JsonSchema> Format = new(() => JsonSchema.Compile(StrictJson.ParseObject(SchemaFile)));

    /// <summary>The schema of the format, as it is served.</summary>
    public static byte[] SchemaFile { get; } = EmbeddedFile.Read(typeof(FactDocument).Assembly, "schemas/facts.schema.json");

    /// <summary>What the method makes of them on a day: of the one whom they are about, or of everyone.</summary>
    public IReadOnlyList<Reputation> Bands(DateOnly day) => [.. ReputationMethod.Of(Facts, day).Where(reputation => About is null || reputation.MemberId == About)];

    /// <summary>Facts under names that are made here and for nothing else, in the order of these names; enough for the bands of everyone, or of one member.</summary>
    /// <param name="all">All facts.</param>
    /// <param name="memberId">The member; null for everyone.</param>
    public static FactDocument Of(IReadOnlyList<Fact> all, string? memberId = null)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var facts = memberId is null ? all : Around(all, memberId);
        return new([.. facts.Select(Renamed).OrderBy(fact => fact.Id, StringComparer.Ordinal)], memberId is null ? null : Name("member", memberId));

        Fact Renamed(Fact fact) => fact with
        {
            Id = Name("fact", fact.Id),
            MemberId = Name("member", fact.MemberId),
            NodeId = fact.NodeId is null ? null : Name("node", fact.NodeId),
            Corrects = fact.Corrects is null ? null : Name("fact", fact.Corrects),
            Witnesses = [.. fact.Witnesses.Select(witness => witness with { By = Name("member", witness.By) }).OrderBy(witness => witness.By, StringComparer.Ordinal)],
        };

        string Name(string what, string id) => Base64Url.Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{what}/{id}")).AsSpan(0, 16));
    }

    /// <summary>The facts about a member, and of all others no more than the arrows along which a ring with the member could close.</summary>
    private static IReadOnlyList<Fact> Around(IReadOnlyList<Fact> all, string memberId)
    {
        var near = new HashSet<string>(StringComparer.Ordinal) { memberId };
        for (var step = 2; step < ReputationMethod.RingSize; step++)
            near.UnionWith([.. all.Where(fact => fact.Witnesses.Any(witness => near.Contains(witness.By))).Select(fact => fact.MemberId)]);
        return
        [
            .. all.Where(fact => fact.MemberId == memberId),
            .. all.Where(fact => fact.MemberId != memberId && !fact.IsAnnulment)
                .Select(fact => fact with { NodeId = null, Amount = null, Corrects = null, Witnesses = [.. fact.Witnesses.Where(witness => near.Contains(witness.By))] })
                .Where(fact => fact.Witnesses.Count > 0),
        ];
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="Refusal"><c>invalid_facts</c>, with the place that is wrong.</exception>
    public static FactDocument Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes) throw NationRefusal.InvalidFacts($"must have {MaxBytes} bytes at most");
        JsonObject read;
        try
        {
            read = StrictJson.ParseObject(json);
        }
        catch (Refusal refusal)
        {
            throw NationRefusal.InvalidFacts($"are no JSON object: {refusal.Description}");
        }

        if (Format.Value.Validate(read) is [var violation, ..]) throw NationRefusal.InvalidFacts($"{(violation.Path.Length == 0 ? "/" : violation.Path)} {violation.Words}");
        return Refusal.Recode(NationRefusal.InvalidFactsCode, () =>
        {
            var facts = read["facts"]!.AsArray().OfType<JsonObject>().Select(Read).ToList();
            Check(facts);
            return new FactDocument(facts, read.OptionalString("about"));
        });
    }

    /// <summary>The document as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["format"] = 1 };
        if (About is not null) json["about"] = About;
        json["facts"] = new JsonArray([.. Facts.Select(Write)]);
        return json;
    }

    /// <summary>What the schema can't say.</summary>
    private static void Check(List<Fact> facts)
    {
        var byId = new Dictionary<string, Fact>(StringComparer.Ordinal);
        for (var i = 0; i < facts.Count; i++)
            if (!byId.TryAdd(facts[i].Id, facts[i])) throw NationRefusal.InvalidFacts($"/facts/{i} has the id of another");
        for (var i = 0; i < facts.Count; i++)
        {
            var fact = facts[i];
            if (fact.Until < fact.From) throw NationRefusal.InvalidFacts($"/facts/{i} ends before it begins");
            if (fact.Witnesses.Any(witness => witness.By == fact.MemberId)) throw NationRefusal.InvalidFacts($"/facts/{i} is witnessed by whom it is about");
            if (fact.Witnesses.DistinctBy(witness => witness.By).Count() != fact.Witnesses.Count) throw NationRefusal.InvalidFacts($"/facts/{i} has a witness twice");
            if (fact.IsAnnulment && fact.Corrects is null) throw NationRefusal.InvalidFacts($"/facts/{i} annuls nothing that it names");
            if (fact.Corrects is { } corrected && (corrected == fact.Id || !byId.TryGetValue(corrected, out var first) || first.MemberId != fact.MemberId))
                throw NationRefusal.InvalidFacts($"/facts/{i}/corrects names no other fact about the same member");
        }
    }

    private static Fact Read(JsonObject json, int at) => new(
        json.RequiredString("id"),
        json.RequiredString("kind"),
        json.RequiredString("member"),
        Day(json, "from", at),
        Day(json, "until", at),
        (int)json.RequiredInt64("needed"),
        [.. json["witnesses"]!.AsArray().OfType<JsonObject>().Select(witness => new Attestation(witness.RequiredString("by"), Day(witness, "day", at)))])
    {
        NodeId = json.OptionalString("node"),
        Amount = json.OptionalInt64("amount"),
        Corrects = json.OptionalString("corrects"),
        IsAnnulment = json.OptionalBoolean("annuls") ?? false,
    };

    private static JsonObject Write(Fact fact)
    {
        var json = new JsonObject { ["id"] = fact.Id, ["kind"] = fact.Kind, ["member"] = fact.MemberId };
        if (fact.NodeId is not null) json["node"] = fact.NodeId;
        (json["from"], json["until"]) = (Text(fact.From), Text(fact.Until));
        if (fact.Amount is { } amount) json["amount"] = amount;
        json["needed"] = fact.Needed;
        if (fact.Corrects is not null) json["corrects"] = fact.Corrects;
        if (fact.IsAnnulment) json["annuls"] = true;
        json["witnesses"] = new JsonArray([.. fact.Witnesses.Select(witness => new JsonObject { ["by"] = witness.By, ["day"] = Text(witness.Day) })]);
        return json;
    }

    private static DateOnly Day(JsonObject json, string name, int at) =>
        DateOnly.TryParseExact(json.RequiredString(name), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw NationRefusal.InvalidFacts($"/facts/{at} has a day that there is not");

    private static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
}

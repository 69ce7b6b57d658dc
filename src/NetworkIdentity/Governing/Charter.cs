using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;

namespace NetworkIdentity.Governing;

/// <summary>A version of a nation's own rules. Its format is <c>schemas/charter.schema.json</c>, which says what each member means.</summary>
/// <remarks>It is data, and decides nothing by itself: <see cref="Quorum"/> holds approvals against a rule of it.</remarks>
public sealed class Charter
{
    /// <summary>The most bytes of a charter as JSON.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly string[] Adverse = [Act.Suspend, Act.SuspendAtOnce, Act.Revoke];

    private static readonly Lazy<JsonSchema> Format = new(() => JsonSchema.Compile(StrictJson.ParseObject(SchemaFile)));

    private readonly JsonObject _json;

    private Charter(JsonObject json)
    {
        _json = json;
        Version = json.RequiredString("version");
        Criteria = Named(json, "criteria");
        Grounds = Named(json, "grounds");
        GroundsOf = Adverse.ToDictionary(act => act, act => (IReadOnlyList<string>)
            [.. json["grounds"]!.AsArray().OfType<JsonObject>().Where(ground => ground.OptionalStrings("acts")!.Contains(act)).Select(ground => ground.RequiredString("id"))]);
        Rules = json.RequiredObject("acts").ToDictionary(act => act.Key, act => ActRule.Read(act.Key, (JsonObject)act.Value!));
        Vouching = Vouching.Read(json.RequiredObject("vouching"));
        Terms = Terms.Read(json);
        Arrival = Arrival.Read(json.OptionalObject("arrival"));
    }

    /// <summary>The schema of the format, as it is served.</summary>
    public static byte[] SchemaFile { get; } = EmbeddedFile.Read(typeof(Charter).Assembly, "schemas/charter.schema.json");

    /// <summary>The name of this version.</summary>
    public string Version { get; }

    /// <summary>What is looked at when somebody asks to join: words by id.</summary>
    public IReadOnlyDictionary<string, string> Criteria { get; }

    /// <summary>What a member may be suspended or revoked for: words by id.</summary>
    public IReadOnlyDictionary<string, string> Grounds { get; }

    /// <summary>The grounds of each adverse act, by their ids.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> GroundsOf { get; }

    /// <summary>The rule of each act.</summary>
    public IReadOnlyDictionary<string, ActRule> Rules { get; }

    /// <summary>The rule that decides an act.</summary>
    public ActRule RuleOf(string act) => Rules[Act.RuleOf(act)];

    /// <summary>Who speaks for somebody who asks to join.</summary>
    public Vouching Vouching { get; }

    /// <summary>How long everything takes and lasts.</summary>
    public Terms Terms { get; }

    /// <summary>What happens at the doors of the nodes.</summary>
    public Arrival Arrival { get; }

    /// <summary>SHA-256 of the canonical JSON [RFC8785], as base64url: one for a text, however it is spelled.</summary>
    public string Digest => Base64Url.Encode(SHA256.HashData(Jcs.Canonicalize(_json)));

    /// <summary>The charter as JSON: a copy.</summary>
    public JsonObject ToJson() => (JsonObject)_json.DeepClone();

    /// <summary>The charter as bytes of JSON, as <see cref="Parse"/> reads it.</summary>
    public byte[] Write() => StrictJson.Write(_json);

    /// <summary>Reads a charter.</summary>
    /// <exception cref="Refusal"><c>invalid_charter</c>, with the place that is wrong.</exception>
    public static Charter Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes) throw Invalid($"must have {MaxBytes} bytes at most");
        JsonObject read;
        try
        {
            read = StrictJson.ParseObject(json);
        }
        catch (Refusal refusal)
        {
            throw Invalid($"is no JSON object: {refusal.Description}");
        }

        if (Format.Value.Validate(read) is [var violation, ..]) throw Invalid($"{(violation.Path.Length == 0 ? "/" : violation.Path)} {violation.Words}");
        CheckNames(read, "criteria");
        CheckNames(read, "grounds");
        var charter = Refusal.Recode(NationRefusal.InvalidCharterCode, () => new Charter(read));
        charter.Check();
        return charter;
    }

    /// <summary>What the schema can't say.</summary>
    private void Check()
    {
        foreach (var (act, rule) in Rules)
            if (rule.Nodes > rule.Approvals) throw Invalid($"/acts/{act} wants approvals from more nodes than it wants approvals");
        if (Vouching.Nodes > Vouching.Needed) throw Invalid("/vouching wants members of more nodes than it wants members");
        if (Vouching.Personhood.Select(one => one.Fault).OfType<string>().FirstOrDefault() is { } fault) throw Invalid($"/vouching/personhood {fault}");
        if (Arrival.Doors.DistinctBy(door => door.Node).Count() != Arrival.Doors.Count) throw Invalid("/arrival/nodes must have each node once");
        if (Arrival.Doors.Select(door => DisplayName.Fault(door.Node)).OfType<string>().FirstOrDefault() is { } name) throw Invalid($"/arrival/nodes has a node whose name {name}");
        if (Terms.LongestAtOnce > Terms.LongestSuspension) throw Invalid("/suspension lets one without notice last longer than one with it");
        foreach (var act in Adverse)
            if (GroundsOf[act].Count == 0) throw Invalid($"/grounds must have one for {act}");
    }

    /// <summary>Each id once, and words that are drawn as what they are.</summary>
    private static void CheckNames(JsonObject json, string list)
    {
        var items = json[list]!.AsArray().OfType<JsonObject>().ToList();
        if (items.DistinctBy(item => item.RequiredString("id")).Count() != items.Count) throw Invalid($"/{list} must have each id once");
        foreach (var item in items)
            if (DisplayName.Fault(item.RequiredString("words"), 500) is { } fault) throw Invalid($"/{list} words {fault}");
    }

    private static Dictionary<string, string> Named(JsonObject json, string list) =>
        json[list]!.AsArray().OfType<JsonObject>().ToDictionary(item => item.RequiredString("id"), item => item.RequiredString("words"));

    private static Refusal Invalid(string description) => NationRefusal.InvalidCharter(description);
}

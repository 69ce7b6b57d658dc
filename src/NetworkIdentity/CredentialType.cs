using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Schemas;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity;

/// <summary>A type of credential: data under schemas/, not code. <c>NAME.schema.json</c> says what its claims may be, <c>NAME.type.json</c> what they mean.</summary>
public sealed class CredentialType
{
    private CredentialType(string name, byte[] schemaFile, byte[] metadataFile)
    {
        Name = name;
        SchemaFile = schemaFile;
        MetadataFile = metadataFile;

        (Schema, Properties) = InFile($"{name}.schema.json", () =>
        {
            var schema = StrictJson.ParseObject(schemaFile);
            return (JsonSchema.Compile(schema), schema.RequiredObject("properties"));
        });
        (Metadata, Rules) = InFile($"{name}.type.json", () =>
        {
            var file = StrictJson.ParseObject(metadataFile);
            var metadata = TypeMetadata.Parse(file);
            return (metadata, TypeRules.Parse(file, metadata, Properties));
        });
        W3cSchemaFile = W3cSchemaOf();
        W3cSchema = JsonSchema.Compile(W3cSchemaFile);
    }

    /// <summary>The type that says who is a steward of what.</summary>
    public const string Steward = "steward";

    /// <summary>The type that says how a member lives at a node.</summary>
    public const string Residency = "residency";

    /// <summary>The type that says what a method made of witnessed facts.</summary>
    public const string Reputation = "reputation";

    /// <summary>The type that says who belongs: the types for members are offered to who holds a credential of it.</summary>
    public const string Membership = "membership";

    /// <summary>The type that says that its holder is one person.</summary>
    public const string Personhood = "personhood";

    /// <summary>The types that follow from nothing on record, and are given by a decision of their own (<see cref="Governing.Act.Issue"/>).</summary>
    public static readonly IReadOnlyList<string> Decided = [Personhood];

    /// <summary>The type of who left: it says that they belonged, and counts as no membership.</summary>
    public const string Exit = "exit";

    /// <summary>The type that says that an account elsewhere is its holder's.</summary>
    public const string Account = "account";

    private const string PrintedCard = "card";

    /// <summary>The types that follow from the membership, and are suspended and revoked with it.</summary>
    internal static readonly IReadOnlyList<string> Following = [PrintedCard, Account];

    /// <summary>The type of a printed card, which is nobody's key's: no wallet is offered it, no sign-in asks for it, and so it is not among those of <see cref="LoadAll"/> (decision 0048).</summary>
    public static CredentialType Card { get; } = Load(
        PrintedCard,
        EmbeddedFile.Read(Assembly.GetExecutingAssembly(), $"schemas/{PrintedCard}.schema.json"),
        EmbeddedFile.Read(Assembly.GetExecutingAssembly(), $"schemas/{PrintedCard}.type.json"));

    /// <summary>The short name: of its files, its configuration, its scope and its policy.</summary>
    public string Name { get; }

    /// <summary>The type's name in credentials, common to all nations.</summary>
    public string Vct => Metadata.Type;

    /// <summary>What its claims may be.</summary>
    public JsonSchema Schema { get; }

    /// <summary>What its claims mean, and which may be withheld.</summary>
    public TypeMetadata Metadata { get; }

    /// <summary>How long a credential of it lives, to whom it is offered, and what a sign-in asks of it.</summary>
    public TypeRules Rules { get; private set; }

    /// <summary>The schema file, as it is served.</summary>
    public byte[] SchemaFile { get; }

    /// <summary>The type metadata file, as it is served.</summary>
    public byte[] MetadataFile { get; }

    /// <summary>The type of a W3C credential of it, beside VerifiableCredential: <c>MembershipCredential</c>.</summary>
    public string W3cName => Vocabulary.NameOf(Name) + "Credential";

    /// <summary>The type of the subject of such a credential: <c>Membership</c>.</summary>
    public string SubjectName => Vocabulary.NameOf(Name);

    /// <summary>What <see cref="W3cName"/> stands for.</summary>
    public string W3cIri => Vocabulary.IriOf(Name);

    /// <summary>Whether it can be a W3C credential: <see cref="Vocabulary"/> has names for it.</summary>
    public bool IsW3c => Vocabulary.Has(W3cName) && Vocabulary.Has(SubjectName);

    /// <summary>The JSON Schema of a W3C credential of it, as it is served: the claims' own schema, where such a credential has them [VC-JSON-SCHEMA §2.1].</summary>
    public JsonObject W3cSchemaFile { get; }

    /// <summary>What a W3C credential of it may be.</summary>
    public JsonSchema W3cSchema { get; }

    /// <summary>The schema's <c>properties</c>.</summary>
    private JsonObject Properties { get; }

    /// <summary>The claims that a holder discloses one by one.</summary>
    public IEnumerable<ClaimMetadata> SelectiveClaims =>
        Metadata.Claims.Where(claim => NameOf(claim) is not null && claim.Disclosure != ClaimDisclosure.Never);

    /// <summary>The claims that every credential of it has in the clear, as far as people are told of them.</summary>
    public IEnumerable<string> OpenClaims =>
        Metadata.Claims.Where(claim => claim.Disclosure == ClaimDisclosure.Never && claim.Display.Count > 0).Select(NameOf).OfType<string>();

    /// <summary>What a sign-in asks of this type: what its file says, else every claim that each credential of it has.</summary>
    public IReadOnlyList<string> AskedClaims => Rules.AskedClaims ?? [.. SelectiveClaims.Where(claim => claim.Mandatory).Select(claim => NameOf(claim)!)];

    /// <summary>Reads every type that this program carries, and that wallets hold.</summary>
    /// <exception cref="Refusal">Malformed: a file is wrong, or uses a schema keyword that the validator doesn't know. The file is named.</exception>
    public static IReadOnlyDictionary<string, CredentialType> LoadAll()
    {
        const string suffix = ".type.json";
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith("schemas/", StringComparison.Ordinal) && resource.EndsWith(suffix, StringComparison.Ordinal))
            .Select(resource => resource["schemas/".Length..^suffix.Length])
            .Where(name => name != PrintedCard)
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Load(name, EmbeddedFile.Read(assembly, $"schemas/{name}.schema.json"), EmbeddedFile.Read(assembly, $"schemas/{name}{suffix}")));
    }

    /// <summary>Reads one type from its files.</summary>
    /// <exception cref="Refusal">Malformed, with the file's name.</exception>
    public static CredentialType Load(string name, byte[] schemaFile, byte[] metadataFile) => new(name, schemaFile, metadataFile);

    /// <summary>The same type, whose credentials are valid for so many days at most, where that is less than the type says.</summary>
    /// <param name="days">The days; null where the type alone says it.</param>
    public CredentialType Lasting(long? days)
    {
        if (days is null || days >= Rules.Validity.Days) return this;
        var lasting = (CredentialType)MemberwiseClone();
        lasting.Rules = Rules with { Validity = TimeSpan.FromDays(days.Value) };
        return lasting;
    }

    /// <summary>The type as a charter has it: its credentials live for its own time, or the charter's where that is shorter.</summary>
    public CredentialType Under(Governing.Charter? charter) => Lasting((long?)charter?.Terms.ValidityOf(Name)?.TotalDays);

    /// <summary>The claims for one member: what was given as text, read by the schema's types, and the defaults of what was not.</summary>
    /// <param name="before">What the last credential of this type said of the member; null where there is none.</param>
    /// <param name="given">Values by claim name, as the command line gives them.</param>
    /// <param name="memberSince">What the nation knows itself.</param>
    /// <param name="charterVersion">The charter's version, which every credential names.</param>
    /// <param name="person">Tells the member from every other person, where the type has such a claim: nobody says it by hand.</param>
    /// <exception cref="Refusal"><c>invalid_claim</c>: an unknown claim, or a value that the schema does not take.</exception>
    public JsonObject ClaimsFor(
        JsonObject? before, IReadOnlyDictionary<string, string> given, DateTimeOffset memberSince, string charterVersion, Func<string>? person = null)
    {
        var claims = new JsonObject();
        foreach (var (name, definition) in Properties)
            if (definition is JsonObject property && property["default"] is { } value) claims[name] = value.DeepClone();
        foreach (var (name, value) in Rules.KeepsClaims ? before ?? [] : [])
            if (Properties.ContainsKey(name)) claims[name] = value?.DeepClone();
        (claims["vct"], claims["charter_version"]) = (Vct, charterVersion);
        if (Properties.ContainsKey("member_since")) claims["member_since"] = memberSince.ToString("yyyy-MM");

        foreach (var (name, text) in given)
        {
            if (name == AcceptedPersonhood.Claim) throw NationRefusal.InvalidClaim($"{name} is the nation's own: a member has one, and it stays the same");
            if (Properties[name] is not JsonObject property || SelectiveClaims.All(claim => NameOf(claim) != name))
                throw NationRefusal.InvalidClaim($"{Name} has no claim of that name to set; it has {string.Join(", ", SelectiveClaims.Select(NameOf))}");
            claims[name] = FromText(text, property.OptionalString("type"));
        }

        if (Properties.ContainsKey(AcceptedPersonhood.Claim) && person is not null) claims[AcceptedPersonhood.Claim] = person();

        var violations = Schema.Validate(claims);
        if (violations.Count > 0) throw NationRefusal.InvalidClaim($"{violations[0].Path} {violations[0].Words}");
        var missing = Metadata.Claims.Where(claim => claim.Mandatory).Select(NameOf).Where(name => name is not null && !claims.ContainsKey(name)).ToList();
        if (missing.Count > 0) throw NationRefusal.InvalidClaim($"{string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} mandatory");
        return claims;
    }

    /// <summary>The name of a top-level claim; null for one that stands deeper.</summary>
    public static string? NameOf(ClaimMetadata claim) => claim.Path.Steps is [{ Name: { } name }] ? name : null;

    /// <summary>What people call a claim.</summary>
    public string LabelOf(string name) =>
        Metadata.Claims.FirstOrDefault(claim => NameOf(claim) == name)?.Display is [var display, ..] ? display.Label : name;

    /// <summary>Nothing of a W3C credential is withheld, so what is mandatory is required.</summary>
    private JsonObject W3cSchemaOf()
    {
        var properties = (JsonObject)Properties.DeepClone();
        properties.Remove("vct");
        properties["type"] = new JsonObject { ["const"] = SubjectName };
        var mandatory = Metadata.Claims.Where(claim => claim.Mandatory).Select(NameOf).OfType<string>();
        return new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = $"{Vct.Replace(":network-identity:", ":network-identity:schema:", StringComparison.Ordinal)}:w3c",
            ["title"] = $"{SubjectName}, as a W3C credential",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["credentialSubject"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = properties,
                    ["required"] = new JsonArray([.. mandatory.Prepend("type").Select(name => (JsonNode)name)]),
                },
            },
            ["required"] = new JsonArray("credentialSubject"),
        };
    }

    private static T InFile<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Refusal refusal)
        {
            throw Refusal.Malformed($"schemas/{file}: {refusal.Description}", refusal);
        }
    }

    private static JsonNode? FromText(string text, string? type)
    {
        switch (type)
        {
            case "integer" or "number" or "boolean":
                try
                {
                    return JsonNode.Parse(text);
                }
                catch (JsonException)
                {
                    return text;
                }

            case "array":
                return new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => (JsonNode)item)]);
            default:
                return text;
        }
    }
}

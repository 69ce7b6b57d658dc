using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>A nation that asks who applies to prove to be one person, another that says so of its members, and wallets. What the other publishes lies in files: what is not there can't be reached.</summary>
internal sealed class PersonhoodWorld : IAsyncDisposable
{
    public const string People = "https://people.example";

    public const string Type = "urn:network-identity:personhood:1";

    private readonly Database _other;
    private readonly Fetcher _fetcher;

    private PersonhoodWorld(TestGovernment nation, TestIssuing issuer)
    {
        (Nation, Issuer) = (nation, issuer);
        _other = nation.Nation.OpenDatabase();
        _fetcher = new Fetcher(new Fetcher.Options { Files = Files }, nation.Time);
        var types = CredentialType.LoadAll();
        Personhood = new(nation.Database, nation.Nation.Keys, nation.Applying, ClientIdPrefixes.X509Hash, nation.Time);
        Elsewhere = new(_other, nation.Nation.Keys, nation.ApplyingElsewhere, ClientIdPrefixes.X509Hash, nation.Time);
        Exchange = new(nation.Database, nation.Nation.Keys, types, _fetcher, local: false, nation.Time);
        ExchangeElsewhere = new(_other, nation.Nation.Keys, types, _fetcher, local: false, nation.Time);
    }

    public TestGovernment Nation { get; }

    public TestIssuing Issuer { get; }

    public Dictionary<string, ReadOnlyMemory<byte>> Files { get; } = new(StringComparer.Ordinal);

    public Personhood Personhood { get; }

    public Personhood Elsewhere { get; }

    public PersonhoodExchange Exchange { get; }

    public PersonhoodExchange ExchangeElsewhere { get; }

    /// <summary>A person with a wallet: a member of the other nation, and what it says of them.</summary>
    internal sealed record Person(SigningKey Key, string MemberId, string Credential)
    {
        public StatusListReference Status => StatusListReference.Of(SdJwt.Parse(Credential).IssuerSigned.Claims())!;

        public string Id => (string)SdJwtVc.Read(SdJwt.Parse(Credential)).Claims["person"]!;
    }

    /// <summary>An application, and a request that its wallet has fetched.</summary>
    internal sealed record Asked(Applying.Applied Applied, PersonhoodRequests.Row Row, JsonObject Request);

    /// <summary>Founded, with three stewards, nobody who must vouch, and the other nation's word.</summary>
    public static async Task<PersonhoodWorld> StartAsync(string? issuer = People)
    {
        var nation = await TestGovernment.FoundAsync([.. ((string[])["ana", "ben", "cyd"]).Select(name => (name, (string?)null, Act.All.ToArray()))]);
        var world = new PersonhoodWorld(nation, await TestIssuing.StartAtAsync(People));
        await Rules.AdoptAsync(nation.Database, nation.Time, CharterOf("persons", issuer is null ? null : [issuer]));
        await world.PublishAsync();
        return world;
    }

    /// <summary>A charter by which one of these issuers must say it; nobody must where null.</summary>
    public static Charter CharterOf(string version, string[]? issuers)
    {
        var vouching = JsonNode.Parse("""{"needed":0,"member_for_days":0,"open_at_once":3}""")!;
        if (issuers is not null) vouching["personhood"] = new JsonArray([.. issuers.Select(issuer => (JsonNode)new JsonObject { ["type"] = Type, ["issuer"] = issuer })]);
        return CharterTests.Changed(version, ("/vouching", vouching.ToJsonString()));
    }

    /// <summary>Both nations' clocks.</summary>
    public void Move(TimeSpan by)
    {
        Nation.Time.Move(by);
        Issuer.Nation.Time.Move(by);
    }

    public async Task<Person> PersonAsync(TestIssuing? by = null)
    {
        by ??= Issuer;
        var key = TestWallet.NewKey();
        var made = await by.Offering.MakeAsync("membership", null, new Dictionary<string, string> { ["display_name"] = "Ada" }, withTransactionCode: false);
        await TakeAsync(by, made.Id, "membership", key);
        return await AgainAsync(new(key, made.MemberId, ""), by);
    }

    /// <summary>The person gets the credential once more.</summary>
    public async Task<Person> AgainAsync(Person person, TestIssuing? by = null)
    {
        by ??= Issuer;
        var made = await by.Offering.MakeAsync("personhood", person.MemberId, new Dictionary<string, string>(), withTransactionCode: false);
        var given = person with { Credential = await TakeAsync(by, made.Id, "personhood", person.Key) };
        await ListOfAsync(given, by);
        return given;
    }

    /// <summary>The list of a person's status, as it is now.</summary>
    public async Task ListOfAsync(Person person, TestIssuing? by = null) =>
        Files[person.Status.Uri] = Encoding.ASCII.GetBytes((await (by ?? Issuer).StatusLists.ReadAsync(person.Status.Uri))!);

    /// <summary>What the other nation says of its keys.</summary>
    public async Task PublishAsync()
    {
        Files[$"{People}/.well-known/did.json"] = StrictJson.Write(await Issuer.Nation.Did!.ReadDidWebAsync());
        Files[$"{People}/.well-known/did.jsonl"] = await Issuer.Nation.Did.ReadAsync();
    }

    /// <summary>Somebody applies, asks their wallet, and it fetches the request.</summary>
    public async Task<Asked> AskAsync(Applying.Applied? applied = null)
    {
        applied ??= await Nation.Applying.ApplyAsync("Gil", "Words.", null);
        var row = await Personhood.BeginAsync(applied.Secret, "Firefox on Linux");
        return new(applied, row, Jws.Parse((await ExchangeElsewhere.FetchAsync(row.Id, null))!).Claims());
    }

    /// <summary>The credential with the person disclosed, bound to a request.</summary>
    public Task<string> PresentAsync(JsonObject request, Person person, Action<JsonObject, JsonObject>? change = null, SigningKey? key = null, bool withPerson = true)
    {
        var sdJwt = SdJwt.Parse(person.Credential);
        return Forgery.BindAsync(
            SdJwt.Compact(sdJwt.IssuerSigned.Compact, sdJwt.Disclosures.Where(one => withPerson && one.Name == "person")), key ?? person.Key, (string)request["client_id"]!, (string)request["nonce"]!,
            Nation.Time.GetUtcNow(), change);
    }

    /// <summary>Answers a request with these presentations.</summary>
    public Task<string?> AnswerAsync(Asked asked, JsonObject vpToken, string? state = null, JsonObject? encryptedTo = null) =>
        Exchange.AnswerAsync(asked.Row.Id, Form(encryptedTo ?? asked.Request, vpToken, state ?? (string)asked.Request["state"]!));

    public async Task<string?> AnswerAsync(Asked asked, Person person) => await AnswerAsync(asked, TestWallet.VpToken(await PresentAsync(asked.Request, person), "personhood"));

    public static Dictionary<string, string> Form(JsonObject request, JsonObject vpToken, string state) =>
        new() { ["response"] = TestWallet.Encrypt(request, new JsonObject { ["vp_token"] = vpToken.DeepClone(), ["state"] = state }) };

    /// <summary>The person proves, and the browser that asked is back.</summary>
    public async Task<Asked> ProveAsync(Person person, Applying.Applied? applied = null)
    {
        var asked = await AskAsync(applied);
        await ConfirmAsync(asked, await AnswerAsync(asked, person));
        return asked;
    }

    /// <summary>The browser that asked comes back by the wallet's link.</summary>
    public async Task ConfirmAsync(Asked asked, string? returnUri, Personhood? by = null) =>
        await (by ?? Personhood).ConfirmAsync((await Personhood.FindAsync(CodeOf(returnUri)))!, asked.Applied.Secret);

    public static string CodeOf(string? returnUri) => returnUri!.Split("response_code=")[1];

    public async Task<string> StateOfAsync(Asked asked) => (await Applications.FindAsync(Nation.Database, asked.Applied.Id))!.State;

    public async Task<bool> IsProvenAsync(Asked asked) => (await Personhood.StandingAsync(asked.Applied.Id)).IsProven;

    /// <summary>Why a proof did not count, as the applicant's page knows it.</summary>
    public async Task<string?> RefusedAsync(Asked asked) => (await Personhood.StandingAsync(asked.Applied.Id)).Request!.Refused;

    public async ValueTask DisposeAsync()
    {
        _fetcher.Dispose();
        await _other.DisposeAsync();
        await Issuer.DisposeAsync();
        await Nation.DisposeAsync();
    }

    private static async Task<string> TakeAsync(TestIssuing by, string offerId, string type, SigningKey key)
    {
        var (token, _) = await by.Offering.RedeemAsync((await by.Offering.FindAsync(offerId))!.Offer.PreAuthorizedCode, null, null);
        return (string)(await by.Issuer.IssueAsync(token, await by.RequestAsync([key], type))).Credentials[0]!;
    }
}

using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core;

/// <summary>What a type's file says of its credentials' time, holders and sign-ins is checked at start and kept.</summary>
public sealed class TypeRulesTests
{
    private const string Schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "vct": { "const": "urn:example:guest:1" },
            "charter_version": { "type": "string" },
            "motto": { "const": "Welcome", "default": "Welcome" },
            "room": { "type": "string" },
            "bed": { "type": "string" },
            "arrives": { "type": "string", "format": "date" },
            "leaves": { "type": "string", "format": "date" }
          },
          "required": ["vct", "charter_version", "motto"]
        }
        """;

    private const string Metadata = """
        {
          "vct": "urn:example:guest:1",
          "name": "Guest",
          "validity_days": 10,
          "valid_from_claim": "arrives",
          "valid_until_claim": "leaves",
          "for_members": true,
          "keeps_claims": false,
          "asked_claims": ["room"],
          "claims": [
            { "path": ["charter_version"], "sd": "never", "mandatory": true },
            { "path": ["motto"], "sd": "never", "mandatory": true },
            { "path": ["room"], "sd": "always", "mandatory": true },
            { "path": ["arrives"], "sd": "always", "mandatory": true },
            { "path": ["leaves"], "sd": "always", "mandatory": true },
            { "path": ["bed"], "sd": "always" }
          ]
        }
        """;

    private static readonly DateTimeOffset Now = new(2027, 3, 1, 15, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("\"valid_until_claim\": \"leaves\"", "\"valid_until_claim\": \"departs\"", "valid_until_claim")]
    [InlineData("\"valid_until_claim\": \"leaves\"", "\"valid_until_claim\": \"bed\"", "valid_until_claim")]
    [InlineData("\"valid_until_claim\": \"leaves\"", "\"valid_until_claim\": \"room\"", "valid_until_claim")]
    [InlineData("\"valid_until_claim\": \"leaves\"", "\"valid_until_claim\": 5", "valid_until_claim")]
    [InlineData("\"valid_until_claim\": \"leaves\"", "\"valid_untill_claim\": \"leaves\"", "valid_untill_claim is not known")]
    [InlineData("\"valid_from_claim\": \"arrives\"", "\"valid_from_claim\": \"room\"", "valid_from_claim")]
    [InlineData("[\"leaves\"], \"sd\": \"always\", \"mandatory\": true", "[\"leaves\"], \"sd\": \"always\"", "valid_until_claim")]
    [InlineData("\"leaves\": { \"type\": \"string\", \"format\": \"date\" }", "\"leaves\": { \"type\": \"string\" }", "valid_until_claim")]
    [InlineData("\"for_members\": true", "\"for_members\": \"yes\"", "for_members")]
    [InlineData("\"keeps_claims\": false", "\"keeps_claims\": 0", "keeps_claims")]
    [InlineData("\"asked_claims\": [\"room\"]", "\"asked_claims\": [\"bed\"]", "asked_claims names bed")]
    [InlineData("\"asked_claims\": [\"room\"]", "\"asked_claims\": [\"motto\"]", "asked_claims names motto")]
    [InlineData("\"asked_claims\": [\"room\"]", "\"asked_claims\": [\"door\"]", "asked_claims names door")]
    [InlineData("\"asked_claims\": [\"room\"]", "\"asked_claims\": [\"room\", \"room\"]", "asked_claims names a claim twice")]
    [InlineData("\"asked_claims\": [\"room\"]", "\"asked_claims\": \"room\"", "asked_claims")]
    public void A_rule_that_could_not_be_kept_stops_the_start_and_is_named(string right, string wrong, string words)
    {
        Assert.Contains(right, Schema + Metadata, StringComparison.Ordinal);
        var refusal = Assert.Throws<Refusal>(() => Load(Schema.Replace(right, wrong, StringComparison.Ordinal), Metadata.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.StartsWith("schemas/guest.type.json: ", refusal.Description, StringComparison.Ordinal);
        Assert.Contains(words, refusal.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-03-01", "2027-03-01", null)]
    [InlineData("2020-01-01", "2027-03-10", null)]
    [InlineData("2027-03-10", "2027-03-10", null)]
    [InlineData("2027-03-01", "2027-02-28", "leaves must be 2027-03-01 to 2027-03-10")]
    [InlineData("2027-03-01", "2027-03-11", "leaves must be 2027-03-01 to 2027-03-10")]
    [InlineData("2027-03-01", "9999-12-31", "leaves must be")]
    [InlineData("2027-03-05", "2027-03-04", "arrives must not be after 2027-03-04")]
    [InlineData("2027-03-01", "2027-02-30", "leaves is not a day that there is")]
    [InlineData("2027-13-01", "2027-03-05", "arrives is not a day that there is")]
    [InlineData("2027-03-01", "5 March 2027", "leaves is not a day that there is")]
    [InlineData("2027-03-01", "", "leaves is not a day that there is")]
    public void Days_that_a_credential_could_not_keep_are_refused(string arrives, string leaves, string? words)
    {
        var type = Load();
        var claims = Claims(arrives, leaves);
        if (words is null)
        {
            type.Rules.CheckDays(claims, Now);
            return;
        }

        var refusal = Assert.Throws<Refusal>(() => type.Rules.CheckDays(claims, Now));
        Assert.Equal("invalid_claim", refusal.Code);
        Assert.Contains(words, refusal.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-03-01", "2027-03-04", null, "2027-03-05")]
    [InlineData("2027-02-01", "2027-03-01", null, "2027-03-02")]
    [InlineData("2027-03-02", "2027-03-10", "2027-03-02", "2027-03-11")]
    [InlineData("2027-03-01", "2027-04-30", null, "2027-03-11")]
    public void A_credential_begins_with_its_first_day_and_ends_with_its_last_or_with_its_type_s_days(string arrives, string leaves, string? notBefore, string expires)
    {
        var times = Load().Rules.TimesOf(Claims(arrives, leaves), Now);
        Assert.Equal((Start("2027-03-01"), notBefore is null ? null : Start(notBefore), Start(expires)), times);
    }

    [Fact]
    public void A_sign_in_asks_what_the_file_says_and_a_constant_is_not_set_by_hand()
    {
        Assert.Equal(["room"], Load().AskedClaims);
        var refusal = Assert.Throws<Refusal>(() => Load().ClaimsFor(null, new Dictionary<string, string> { ["motto"] = "Go away" }, Now, "founding-1"));
        Assert.Contains("no claim of that name", refusal.Description, StringComparison.Ordinal);
        refusal = Assert.Throws<Refusal>(() => Load().ClaimsFor(null, new Dictionary<string, string>(), Now, "founding-1"));
        Assert.Contains("room, arrives, leaves are mandatory", refusal.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_said_before_is_not_said_again_where_the_file_says_so()
    {
        var before = Claims("2027-03-01", "2027-03-02");
        before["bed"] = "upper";
        var given = new Dictionary<string, string> { ["room"] = "2", ["arrives"] = "2027-03-03", ["leaves"] = "2027-03-04" };
        Assert.Null(Load().ClaimsFor(before, given, Now, "founding-1")["bed"]);
        var keeping = Load(Schema, Metadata.Replace("\"keeps_claims\": false", "\"keeps_claims\": true", StringComparison.Ordinal));
        Assert.Equal("upper", keeping.ClaimsFor(before, given, Now, "founding-1")["bed"]!.GetValue<string>());
    }

    [Fact]
    public void The_types_beside_membership_ask_little_end_by_themselves_and_are_for_members()
    {
        var types = CredentialType.LoadAll();
        Assert.Equal(["account", "exit", "membership", "personhood", "reputation", "residency", "steward"], types.Keys);
        var (residency, reputation, steward) = (types["residency"], types["reputation"], types["steward"]);
        Assert.Equal(("urn:network-identity:residency:1", "urn:network-identity:reputation:1"), (residency.Vct, reputation.Vct));
        Assert.Equal(["residency_status", "node", "until"], residency.AskedClaims);
        Assert.Equal(["domain", "band"], reputation.AskedClaims);
        Assert.Equal(("from", "until"), (residency.Rules.ValidFromClaim, residency.Rules.ValidUntilClaim));
        Assert.InRange(reputation.Rules.Validity.Days, 30, 90);
        Assert.True(residency.Rules.IsForMembers && reputation.Rules.IsForMembers && !types["membership"].Rules.IsForMembers);
        Assert.False(reputation.Rules.KeepsClaims);
        Assert.Equal((true, false, "until"), (steward.Rules.IsForMembers, steward.Rules.KeepsClaims, steward.Rules.ValidUntilClaim));
        Assert.Equal((7, 90), (reputation.Lasting(7).Rules.Validity.Days, reputation.Lasting(91).Rules.Validity.Days));

        // All that is said of a person can be withheld; a claim that a presentation may lack is not required of it.
        foreach (var type in types.Values)
        {
            Assert.Equal(
                type.Name is "residency" or "exit" ? ["charter_version", "notice"] : ["charter_version"],
                type.Metadata.Claims.Where(claim => claim.Disclosure != ClaimDisclosure.Always).Select(CredentialType.NameOf));
            Assert.All(type.Metadata.Claims, claim => Assert.NotEmpty(claim.Display));
        }
    }

    [Theory]
    [InlineData("residency", "residency_status=citizen;node=Lisbon;from=2027-01-01;until=2027-02-01")]
    [InlineData("residency", "residency_status=resident;node=Lisbon;from=2027-01-01;until=2027-2-1")]
    [InlineData("residency", "residency_status=resident;node=Lisbon;from=2027-01-01;until=2027-02-01;longest_stay_nights=0")]
    [InlineData("residency", "residency_status=resident;node=Lisbon;from=2027-01-01;until=2027-02-01;host_jurisdiction=Portugal")]
    [InlineData("residency", "residency_status=resident;node=Lisbon;from=2027-01-01;until=2027-02-01;notice=A visa")]
    [InlineData("residency", "node=Lisbon;from=2027-01-01;until=2027-02-01")]
    [InlineData("reputation", "domain=everything;band=established;facts_at_least=10;method=m;method_version=1;contest_at=https://a.example")]
    [InlineData("reputation", "domain=hosting;band=742;facts_at_least=10;method=m;method_version=1;contest_at=https://a.example")]
    [InlineData("reputation", "domain=hosting;band=established;facts_at_least=11;method=m;method_version=1;contest_at=https://a.example")]
    [InlineData("reputation", "domain=hosting;band=established;facts_at_least=10;method=m;method_version=1;contest_at=javascript:alert(1)")]
    [InlineData("reputation", "domain=hosting;band=established;facts_at_least=10;method=m;contest_at=https://a.example")]
    public void What_a_residency_or_a_reputation_must_not_say_is_refused(string type, string given)
    {
        var claims = given.Split(';').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal("invalid_claim", Assert.Throws<Refusal>(() => CredentialType.LoadAll()[type].ClaimsFor(null, claims, Now, "founding-1")).Code);
    }

    [Fact]
    public async Task A_new_type_s_files_alone_give_it_an_offer_a_scope_a_schema_and_a_sign_in()
    {
        await using var server = await TestServer.StartAsync(more: Load());
        var metadata = await (await server.Http.GetAsync(server.Url("/.well-known/openid-credential-issuer"))).JsonAsync();
        Assert.Equal("urn:example:guest:1", metadata["credential_configurations_supported"]!["guest"]!["vct"]!.GetValue<string>());
        var discovery = await (await server.Http.GetAsync(server.Url("/.well-known/openid-configuration"))).JsonAsync();
        foreach (var list in (string[])["scopes_supported", "claims_supported"]) Assert.Contains("guest", discovery[list]!.AsArray().Select(one => one!.GetValue<string>()));
        Assert.Equal(Schema, await server.Http.GetStringAsync(server.Url("/schemas/guest.schema.json")));
        Assert.Equal(Metadata, await server.Http.GetStringAsync(server.Url("/schemas/guest.type.json")));

        var wallet = await server.MemberAsync();
        await server.GiveAsync(wallet, "guest", ("room", "7"), ("arrives", server.Day(0)), ("leaves", server.Day(3)));
        var world = await TestSignIn.BeginAsync(server, request => request with { Policy = ProofPolicy.Of(["membership"], ["guest"]) }, "openid guest");
        var claims = NetworkIdentity.Standards.Jose.Jws.Parse((await world.SignInAsync(wallet))["id_token"]!.GetValue<string>()).Claims();
        Assert.Equal("""{"room":"7"}""", claims["guest"]!.ToJsonString());

        // Its days are kept: what it offers ends with it, and it is never issued after its end.
        var member = (await server.RecordOfAsync(wallet)).MemberId;
        var made = await server.Nation.Offering.MakeAsync(
            "guest", member, new Dictionary<string, string> { ["room"] = "8", ["arrives"] = server.Day(0), ["leaves"] = server.Day(0) }, withTransactionCode: true);
        var midnight = new DateTimeOffset(server.Time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        Assert.Equal(midnight, (await server.Nation.Offering.FindAsync(made.Id))!.ExpiresAt);
        server.Time.Move(midnight - server.Time.GetUtcNow() - TimeSpan.FromMinutes(1));
        var token = await wallet.TokenAsync(made.Id, made.TransactionCode);
        server.Time.Move(TimeSpan.FromMinutes(2));
        var proof = await wallet.ProofAsync(await wallet.NonceAsync());
        using var denied = await wallet.RequestCredentialBodyAsync(token, $$"""{"credential_configuration_id": "guest", "proofs": {"jwt": ["{{proof}}"] } }""");
        Assert.Contains("ended by itself", await denied.RefusedAsync("credential_request_denied"));
        Assert.Empty(await Credentials.OfOfferAsync(server.Nation.Database, made.Id));
    }

    private static CredentialType Load(string schema = Schema, string metadata = Metadata) =>
        CredentialType.Load("guest", System.Text.Encoding.UTF8.GetBytes(schema), System.Text.Encoding.UTF8.GetBytes(metadata));

    private static JsonObject Claims(string arrives, string leaves) => new() { ["room"] = "1", ["arrives"] = arrives, ["leaves"] = leaves };

    private static DateTimeOffset Start(string day) => new(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
}

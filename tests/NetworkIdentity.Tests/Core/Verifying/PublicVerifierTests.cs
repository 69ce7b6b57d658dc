using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>Whatever anyone brings: what it is wrapped in says nothing, and a single change is seen.</summary>
public sealed class PublicVerifierTests(W3cWorld world) : IClassFixture<W3cWorld>
{
    [Fact]
    public async Task The_same_credential_is_accepted_in_every_wrapping()
    {
        var document = await world.IssueAsync();
        var token = await world.IssueAsync(format: CredentialConfiguration.VcJwt);
        var sdJwtVc = JsonValue.Create((await world.World.IssueAsync()).Issued);
        foreach (var bare in (JsonNode[])[document, token, sdJwtVc])
        {
            var json = StrictJson.WriteText(bare);
            var text = bare is JsonValue ? bare.GetValue<string>() : json;
            foreach (var brought in (string[])
            [
                text, $"\uFEFF \r\n\t{text}\n\n", json, "{\"credential\": " + json + "}", "{\"text\": " + StrictJson.WriteText(text) + "}", $"[{json}]",
                "{\"credentials\": [{\"credential\": " + json + "}], \"notification_id\": \"n\"}", "{\"vp_token\": {\"membership\": [" + json + "]}}", StrictJson.WriteText("{\"credential\": " + json + "}"),
            ])
            {
                var report = await world.Nation.PublicVerifier.VerifyAsync(brought);
                Assert.True(report.Verdict.Outcome == Outcome.Accepted, $"{brought}: {report.Words}");
                Assert.Equal(StepState.NotShown, report.StateOf(VerificationStep.Holder));
                Assert.Contains("person is not proven", report.Words, StringComparison.Ordinal);
                Assert.Equal("Ana", report.Claims!["display_name"]!.GetValue<string>());
            }
        }

        await world.AcceptedAsync(Envelope.Of(token.GetValue<string>(), CredentialMediaType.VcJwt));
    }

    [Fact]
    public async Task An_SD_JWT_of_the_data_model_is_accepted_with_what_it_discloses()
    {
        var whole = await world.SdJwtAsync("display_name", "tier");
        foreach (var brought in (JsonNode[])[whole, JsonValue.Create($"\n{whole} "), W3cWorld.EnvelopeOf(whole), new JsonObject { ["credential"] = whole }, new JsonArray(W3cWorld.EnvelopeOf(whole))])
        {
            var report = await world.AcceptedAsync(brought);
            Assert.Equal(("vc+sd-jwt", world.Did.Did, StepState.NotShown), (report.Format, report.Issuer, report.StateOf(VerificationStep.Holder)));
            Assert.Equal(("Ana", "member"), ((string)report.Claims!["display_name"]!, (string)report.Claims["tier"]!));
        }

        // What its holder withholds is not told; what every credential of its type has may not be withheld.
        var parts = whole.Split('~');
        var less = await world.AcceptedAsync($"{parts[0]}~{parts[2]}~");
        Assert.Equal((null, "member"), (less.Claims!["display_name"], (string)less.Claims["tier"]!));
        await world.RefusedAsync($"{parts[0]}~{parts[1]}~", VerificationStep.Type, "schema_violated");
        await world.RefusedAsync(whole, VerificationStep.Holder, "holder_not_shown", W3cWorld.Asked);
    }

    [Fact]
    public async Task A62_A63_a_presentation_in_a_token_proves_its_holder_whatever_is_around_it_and_in_it()
    {
        string[] credentials = [(await world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>(), await world.SdJwtAsync("display_name")];
        foreach (var (credential, type) in credentials.SelectMany(one => ((string, string)[])[(one, CredentialMediaType.VpJwt), (one, CredentialMediaType.VpSdJwt)]))
        {
            var token = await world.EnvelopAsync(credential, mediaType: type);
            foreach (var brought in (JsonNode[])[token, Envelope.Of(token, type), new JsonArray(Envelope.Of(token, type)), new JsonObject { ["verifiablePresentation"] = Envelope.Of(token, type) }])
            {
                var report = await world.AcceptedAsync(brought, W3cWorld.Asked);
                Assert.True(report.IsHolderProven);
                Assert.Equal(("vp", world.Holder.PublicKey.Thumbprint(), "Ana"), (report.Format, Assert.Single(report.Each).HolderKey, (string)Assert.Single(report.Each).Claims!["display_name"]!));
                Assert.Equal(StepState.NotShown, (await world.AcceptedAsync(brought)).StateOf(VerificationStep.Holder));
                await world.RefusedAsync(brought, VerificationStep.Holder, "holder_invalid", W3cWorld.Asked with { Nonce = "another" });
                await world.RefusedAsync(brought, VerificationStep.Holder, "holder_invalid", W3cWorld.Asked with { Audience = "https://evil.example" });
            }
        }

        Assert.True((await world.AcceptedAsync(await world.PresentAsync(credentials[1]), W3cWorld.Asked)).IsHolderProven);
    }

    [Fact]
    public async Task What_is_nothing_or_something_else_is_refused_at_its_shape()
    {
        foreach (var brought in (string[])
        [
            "", "  ", "hello", "{}", "[]", "null", "true", "17", "{\"credential\": 1}", "{\"credential\": {}, \"presentation\": {}}", "openid-credential-offer://?x=y", "https://nation.example/",
            "eyJhbGciOiJub25lIn0.e30.", "a.b.c~", "{\"a\":1,\"a\":2}", new string('[', 50), string.Concat(Enumerable.Repeat("[", 20)) + "\"x\"" + new string(']', 20), new string('a', PublicVerifier.MaxLength + 1),
            "{\"vp_token\": {\"a\": [\"x\"]}}",
        ])
        {
            var report = await world.Nation.PublicVerifier.VerifyAsync(brought);
            Assert.Equal((Outcome.Refused, VerificationStep.Shape), (report.Verdict.Outcome, report.Verdict.Step!.Value));
            Assert.All(report.Words, c => Assert.InRange(c, ' ', '~'));
            Assert.Null(report.Claims);
        }

        var many = new JsonArray([.. Enumerable.Repeat((await world.IssueAsync()).ToJsonString(), 17).Select(one => JsonNode.Parse(one))]);
        Assert.Equal(VerificationStep.Shape, (await world.VerifyAsync(many)).Verdict.Step);
    }

    [Fact]
    public async Task Of_several_each_is_told_and_the_worst_decides()
    {
        var bad = await world.ForgeAsync(json => json["credentialSubject"]!["tier"] = "emperor");
        var report = await world.VerifyAsync(new JsonArray(await world.IssueAsync(), bad));
        Assert.Equal((Outcome.Refused, "schema_violated"), (report.Verdict.Outcome, report.Verdict.Reason));
        Assert.Equal([Outcome.Accepted, Outcome.Refused], report.Credentials.Select(one => one.Verdict.Outcome));
        Assert.Equal(StepState.Refused, report.StateOf(VerificationStep.Type));
        Assert.Equal(2, report.ToJson()["credentials"]!.AsArray().Count);
    }

    [Fact]
    public async Task Any_single_change_of_a_document_is_refused()
    {
        foreach (var type in (string[])["membership", "residency", "reputation"])
        {
            var issued = (await world.IssueAsync(type)).AsObject();
            var changes = 0;
            foreach (var path in Paths(issued, []))
            {
                foreach (var kind in (string[])["remove", "change", "add"])
                {
                    var changed = issued.DeepClone();
                    if (!Change(changed, path, kind)) continue;
                    var report = await world.VerifyAsync(changed);
                    Assert.True(report.Verdict.Outcome != Outcome.Accepted, $"{type}: {kind} {string.Join('/', path)}");
                    changes++;
                }
            }

            Assert.InRange(changes, 80, 2000);
            await world.AcceptedAsync(issued);
        }
    }

    [Fact]
    public async Task Any_single_byte_of_a_token_that_is_another_is_refused()
    {
        var (held, sdJwt) = (await world.World.IssueAsync(), await world.SdJwtAsync("display_name", "tier"));
        foreach (var token in (string[])
        [
            (await world.IssueAsync(format: CredentialConfiguration.VcJwt)).GetValue<string>(), held.Issued,
            await Forgery.BindAsync(held.Issued, held.Holder, W3cWorld.Domain, W3cWorld.Challenge, world.Now), sdJwt, W3cWorld.EnvelopeOf(sdJwt).ToJsonString(),
            await world.EnvelopAsync(sdJwt, mediaType: CredentialMediaType.VpSdJwt), Envelope.Of(await world.EnvelopAsync(sdJwt), CredentialMediaType.VpJwt).ToJsonString(),
        ])
        {
            await world.AcceptedAsync(token);
            for (var at = 0; at < token.Length; at += 1 + token.Length / 400)
            {
                var changed = $"{token[..at]}{(token[at] is 'A' or 'a' ? 'B' : 'A')}{token[(at + 1)..]}";
                Assert.True((await world.VerifyAsync(changed)).Verdict.Outcome != Outcome.Accepted, $"{at}: {changed}");
                Assert.True((await world.VerifyAsync(token.Remove(at, 1))).Verdict.Outcome != Outcome.Accepted, $"{at}");
            }
        }
    }

    [Fact]
    public async Task A64_an_SD_JWT_VC_with_a_key_binding_proves_its_holder_to_whom_it_answers()
    {
        var held = await world.World.IssueAsync();
        var bound = await Forgery.BindAsync(held.Issued, held.Holder, W3cWorld.Domain, W3cWorld.Challenge, world.Now);
        var proven = await world.AcceptedAsync(bound, W3cWorld.Asked);
        Assert.True(proven.IsHolderProven);
        await world.RefusedAsync(held.Issued, VerificationStep.Holder, "holder_invalid", W3cWorld.Asked);
        await world.RefusedAsync(bound, VerificationStep.Holder, "holder_invalid", W3cWorld.Asked with { Nonce = "another" });
        await world.RefusedAsync(bound, VerificationStep.Holder, "holder_invalid", W3cWorld.Asked with { Audience = "https://evil.example" });

        // To anyone else it is a copy; but one whose binding is broken is not what the holder gave.
        Assert.Equal(StepState.NotShown, (await world.AcceptedAsync(bound)).StateOf(VerificationStep.Holder));
        await world.RefusedAsync(await Forgery.BindAsync(held.Issued, TestWallet.NewKey(), W3cWorld.Domain, W3cWorld.Challenge, world.Now), VerificationStep.Holder, "holder_invalid");
    }

    [Fact]
    public async Task A64_what_is_shown_together_is_told_apart_by_the_keys_that_show_it()
    {
        var (ana, ben) = (await world.World.IssueAsync(), await world.World.IssueAsync());
        var (anas, bens) = (await BoundAsync(ana), await BoundAsync(ben));
        var document = await world.PresentAsync(await world.IssueAsync());

        // Ana's key as a DID: the same key, in a credential of the other kind.
        var did = DidKey.Of(ana.Holder.PublicKey);
        var too = await world.PresentAsync(
            await world.ForgeAsync(json => json["credentialSubject"]!["id"] = did), one => one with { Cryptosuite = EcdsaJcs2019.Cryptosuite }, ana.Holder);

        var one = await world.AcceptedAsync(new JsonArray(anas, too.DeepClone()), W3cWorld.Asked);
        Assert.True(one.IsHolderProven);
        Assert.True(one.IsOneHolder);
        Assert.Equal([ana.Holder.PublicKey.Thumbprint(), ana.Holder.PublicKey.Thumbprint()], one.Each.Select(each => each.HolderKey));
        Assert.Contains("who shows it is who it was given to", one.Words, StringComparison.Ordinal);

        foreach (var several in (JsonArray[])[[anas, bens], [anas, document.DeepClone()], [too.DeepClone(), document.DeepClone()]])
        {
            var report = await world.AcceptedAsync(several, W3cWorld.Asked);
            Assert.True(report.IsHolderProven);
            Assert.False(report.IsOneHolder);
            Assert.All(report.Each, each => Assert.True(each.IsOneHolder));
            Assert.Contains("their keys differ", report.Words, StringComparison.Ordinal);
            var json = report.ToJson();
            Assert.Equal((false, null), (json["one_holder"]!.GetValue<bool>(), json["holder_key"]));
            Assert.Equal(2, report.Each.Select(each => each.ToJson()["claims"]!.ToJsonString()).Count());
            Assert.Equal(2, report.Each.Select(each => each.ToJson()["holder_key"]!.GetValue<string>()).Distinct().Count());
        }

        // Where nobody was asked, or one of them showed nothing, nothing is said of it.
        Assert.Null((await world.AcceptedAsync(new JsonArray(anas, bens))).IsOneHolder);
        Assert.Null((await world.VerifyAsync(new JsonArray(anas, ben.Issued), W3cWorld.Asked)).IsOneHolder);
        Assert.Null((await world.VerifyAsync(await world.IssueAsync())).ToJson()["one_holder"]);

        // Of who is revoked it is still known who shows it.
        await ben.SetStatusAsync(1);
        world.World.Time.Move(StatusListPublisher.Interval);
        var revoked = await world.VerifyAsync(new JsonArray(await BoundAsync(ana), await BoundAsync(ben)), W3cWorld.Asked);
        Assert.Equal(("revoked", false), (revoked.Verdict.Reason, revoked.IsOneHolder!.Value));

        Task<string> BoundAsync(VerifierWorld.Held held) => Forgery.BindAsync(held.Issued, held.Holder, W3cWorld.Domain, W3cWorld.Challenge, world.Now);
    }

    [Fact]
    public async Task A_report_tells_programs_each_step_by_its_name()
    {
        var json = (await world.VerifyAsync(await world.IssueAsync())).ToJson();
        Assert.Equal(["shape", "issuer", "proof", "validity", "status", "schema", "holder"], json["steps"]!.AsArray().Select(step => step!["step"]!.GetValue<string>()));
        Assert.Equal(("accepted", "not_shown", null), (json["verdict"]!.GetValue<string>(), json["steps"]![6]!["state"]!.GetValue<string>(), json["reason"]));
        var refused = (await world.VerifyAsync(await world.ForgeAsync(one => one["issuer"] = "did:web:evil.example"))).ToJson();
        Assert.Equal(["held", "refused", "not_looked_at", "not_looked_at", "not_looked_at", "not_looked_at", "not_shown"], refused["steps"]!.AsArray().Select(step => step!["state"]!.GetValue<string>()));
        Assert.Equal(("issuer", "issuer_not_trusted", null), (refused["step"]!.GetValue<string>(), refused["reason"]!.GetValue<string>(), refused["claims"]));
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path)
    {
        yield return path;
        var children = node switch
        {
            JsonObject json => json.Select(member => ((object)member.Key, member.Value)),
            JsonArray array => array.Select((item, at) => ((object)at, item)),
            _ => [],
        };
        foreach (var (step, child) in children)
            foreach (var below in Paths(child!, [.. path, step])) yield return below;
    }

    private static bool Change(JsonNode root, object[] path, string kind)
    {
        var target = path.Aggregate(root, (node, step) => step is int at ? node[at]! : node[(string)step]!);
        switch (kind)
        {
            case "add" when target is JsonObject json:
                json["name"] = json.ContainsKey("name") ? "another" : "more";
                return true;
            case "add" when target is JsonArray array:
                array.Add(array[0]!.DeepClone());
                return true;
            case "remove" when path.Length > 0:
                if (target.Parent is JsonObject members) members.Remove((string)path[^1]);
                else ((JsonArray)target.Parent!).RemoveAt((int)path[^1]);
                return true;
            case "change" when target is JsonValue value && path.Length > 0:
                target.ReplaceWith(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? JsonValue.Create(value.GetValue<string>() + "x") : JsonValue.Create("x"));
                return true;
            default:
                return false;
        }
    }
}

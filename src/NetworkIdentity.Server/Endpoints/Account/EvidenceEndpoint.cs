using System.Text.Json.Nodes;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Endpoints.Public;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Endpoints.Account;

/// <summary>POST /account/evidence: what proves a credential of the member's when the nation is gone, as a file. What <c>netid evidence</c> makes, by a button.</summary>
internal static class EvidenceEndpoint
{
    /// <summary>Its path.</summary>
    public const string Path = "/account/evidence";

    /// <summary>How many are made at once: each takes seconds, and nobody at <c>/verify</c> waits for it.</summary>
    public const int AtOnce = 2;

    /// <summary>The file, of the credential whose record is named by <c>of</c>. All but the credential and its <c>notification_id</c> comes from the nation's public addresses, as it does for anyone. All of the credential is in it, so it is for who has just proven who they are.</summary>
    public static async Task<IResult> MakeAsync(HttpContext context, NationContext nation, [FromKeyedServices(Path)] VerifyTurns turns)
    {
        var form = await BrowserForm.ReadAsync(context, nation, AccountEndpoint.Act);
        if (await MemberSession.FindAsync(context, nation) is not { } own) return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/account"));
        if (!MemberSession.HasJustProven(nation, own)) return await MemberSession.SignInAsync(context, nation, "/account", again: true);
        using var turn = turns.Take();

        // What a member's own file has is what they can have evidence of: nobody else's, and nothing that has ended.
        var (held, notificationId) = await nation.Exporting.CredentialAsync(own.MemberId, form.Required("of")) ?? throw PageRefusal.NotFound();
        var credential = held ?? throw PageRefusal.CredentialNotHere();
        var text = credential is JsonObject document ? StrictJson.WriteText(document) : credential.GetValue<string>();

        // Nothing is fetched but at the nation's own address, whichever that is.
        var issuer = new Uri(nation.Keys.Nation.Issuer);
        var local = nation.Keys.Nation.IsOnThisMachineAlone;
        using var fetcher = new Fetcher(new Fetcher.Options { Ports = [issuer.Port], Loopback = local }, nation.Time);
        var made = await new EvidenceCollector(fetcher, TrustedIssuer.Of(nation.Keys.Nation.Issuer, local)!, local, nation.Time, _ => { }).MakeAsync(text, _ => Task.FromResult<string?>(notificationId), null, null);
        if (made.Evidence is not { } evidence) throw PageRefusal.EvidenceNotMade(made.Missing);
        var verdict = (await EvidenceVerifier.VerifyAsync(evidence, nation.DidLog?.Did, nation.Time.GetUtcNow(), nation.Time)).Verdict;
        return verdict.Outcome == Outcome.Accepted ? Results.File(StrictJson.Write(evidence), "application/json", "evidence.json") : throw PageRefusal.EvidenceNotMade([$"a verdict that accepts it: {verdict.Detail ?? verdict.Reason}"]);
    }
}

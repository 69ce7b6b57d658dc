using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>A credential that is good, and not what a policy takes: each by its name.</summary>
public sealed class CredentialTermsTests(VerifierWorld world) : IClassFixture<VerifierWorld>
{
    [Fact]
    public async Task An_issuer_that_the_policy_does_not_name_is_refused_though_the_nation_trusts_it()
    {
        var held = await world.IssueAsync();
        await RefusedAsync(held, new(["https://other.example"], null, null), VerificationStep.Issuer, "issuer_not_accepted");
        await RefusedAsync(held, new([world.Issuer + "/"], null, null), VerificationStep.Issuer, "issuer_not_accepted");
        await AcceptedAsync(held, new(["https://other.example", world.Issuer], null, null));
    }

    [Fact]
    public async Task A_credential_that_was_issued_too_long_ago_is_refused_by_whole_days()
    {
        var held = await world.IssueAsync();
        await AcceptedAsync(held, new(null, 0, null));
        world.Time.Move(TimeSpan.FromDays(3));
        await AcceptedAsync(held, new(null, 3, null));
        await RefusedAsync(held, new(null, 2, null), VerificationStep.Validity, "too_old");
        await RefusedAsync(held, new(null, 0, null), VerificationStep.Validity, "too_old");
        await AcceptedAsync(held, CredentialTerms.None);
    }

    [Fact]
    public async Task A_credential_that_ends_too_soon_is_refused_to_the_second()
    {
        var held = await world.IssueAsync();
        var left = DateTimeOffset.FromUnixTimeSeconds(held.Record.ExpiresAt) - world.Time.GetUtcNow();
        await AcceptedAsync(held, new(null, null, left.Days));
        await RefusedAsync(held, new(null, null, left.Days + 1), VerificationStep.Validity, "ends_too_soon");
        var now = world.Time.GetUtcNow();
        Assert.False(new CredentialTerms(null, null, 1).EndsTooSoon(now.AddDays(1), now));
        Assert.True(new CredentialTerms(null, null, 1).EndsTooSoon(now.AddDays(1).AddSeconds(-1), now));
    }

    [Fact]
    public void What_a_credential_does_not_say_does_not_pass()
    {
        var now = world.Time.GetUtcNow();
        Assert.True(new CredentialTerms(null, 3650, null).IsTooOld(null, now));
        Assert.True(new CredentialTerms(null, null, 1).EndsTooSoon(null, now));
        Assert.False(new CredentialTerms(["https://nation.example"], null, null).Accepts(null));
        Assert.True(CredentialTerms.None.Accepts(null));
    }

    private async Task<Verdict> VerifyAsync(VerifierWorld.Held held, CredentialTerms terms) =>
        await world.VerifyAsync(TestWallet.VpToken(await world.BindAsync(VerifierWorld.Held.Shown(held.Issued), held.Holder)), terms: terms);

    private async Task AcceptedAsync(VerifierWorld.Held held, CredentialTerms terms)
    {
        var verdict = await VerifyAsync(held, terms);
        Assert.True(verdict.Outcome == Outcome.Accepted, $"{verdict.Step}: {verdict.Detail}");
    }

    private async Task RefusedAsync(VerifierWorld.Held held, CredentialTerms terms, VerificationStep step, string reason)
    {
        var verdict = await VerifyAsync(held, terms);
        Assert.Equal((Outcome.Refused, step, reason), (verdict.Outcome, verdict.Step, verdict.Reason));
    }
}

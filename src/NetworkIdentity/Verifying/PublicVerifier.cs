using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Verifying;

/// <summary>Verifies whatever anyone brings, in any format and wrapping, and tells how each step stands. It keeps nothing, and writes nothing down.</summary>
/// <param name="sdJwtVcs">Verifies SD-JWT VCs.</param>
/// <param name="w3cCredentials">Verifies W3C credentials and presentations.</param>
/// <param name="trusts">Whose W3C credentials are looked at: asked before anything is fetched for them.</param>
/// <param name="withoutStatus">Whether W3C credentials are taken that nobody could revoke.</param>
/// <param name="recognitions">Whom the nation recognises; null where it is looked at from outside.</param>
public sealed class PublicVerifier(SdJwtVcVerifier sdJwtVcs, W3cVerifier w3cCredentials, Func<string, bool> trusts, bool withoutStatus = false, RecognitionRegister? recognitions = null)
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>Claims of an SD-JWT VC that are said in other places of a report, or say nothing of its subject.</summary>
    private static readonly string[] Apart = ["iss", "iat", "nbf", "exp", "cnf", "status", "vct", "vct#integrity", "aka_vcts", "_sd_alg"];

    private readonly CredentialTerms _terms = CredentialTerms.None with { NeedsStatus = !withoutStatus };

    /// <summary>Verifies what was brought.</summary>
    /// <param name="text">A document, a token, or either wrapped in JSON.</param>
    /// <param name="challenge">What its holder must answer; null where nobody was asked: then nothing is said of who shows it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<VerificationReport> VerifyAsync(string text, HolderChallenge? challenge = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<(BroughtText.Kind Kind, JsonNode Secured)> things;
        try
        {
            things = BroughtText.Read(text);
        }
        catch (Refusal refusal)
        {
            return Report(Claimed.Nothing, refusal.Code == CredentialRefusal.NotUnderstoodCode
                ? Verdict.Undetermined(VerificationStep.Shape, "not_understood", refusal.Description)
                : Verdict.Refused(VerificationStep.Shape, "shape_invalid", refusal.Description), challenge);
        }

        // What has ended counts no more, whichever server ended it.
        if (recognitions is not null) await recognitions.ReadAsync();
        var before = recognitions?.InForce(Recognition.ByUs) ?? [];
        var reports = new List<VerificationReport>();
        foreach (var (kind, secured) in things)
        {
            reports.Add(kind switch
            {
                BroughtText.Kind.SdJwtVc => await SdJwtVcAsync(secured, challenge, cancellation),
                BroughtText.Kind.Credential => Report(
                    Claimed.OfCredential(secured), Unproven((await w3cCredentials.VerifyAsync(secured, trusts, _terms, null, cancellation)).Verdict, challenge), challenge),
                _ => await PresentationAsync(secured, challenge, cancellation),
            });
        }

        return Resting(reports is [var only] ? only : Together("several", Decided(reports), reports), before);
    }

    /// <summary>By what its issuer was trusted. What began or ended while it was looked at counts too: either may have been read.</summary>
    private VerificationReport Resting(VerificationReport report, IReadOnlyList<RegisteredRecognition> before) => recognitions is null ? report : report with
    {
        Recognitions = [.. before.UnionBy(recognitions.InForce(Recognition.ByUs), one => one.Id).Where(one => report.Issuer is not null && (one.Content.Issuer == report.Issuer || one.Content.Did == report.Issuer))],
        Credentials = [.. report.Credentials.Select(one => Resting(one, before))],
    };

    private async Task<VerificationReport> SdJwtVcAsync(JsonNode secured, HolderChallenge? challenge, CancellationToken cancellation)
    {
        var claimed = Claimed.OfSdJwtVc(secured);
        if (recognitions is not null) await recognitions.PrepareAsync(claimed.Issuer, claimed.Type, cancellation);
        return Report(claimed, (await sdJwtVcs.VerifyAsync(secured.GetValue<string>(), challenge, _terms)).Verdict, challenge);
    }

    private async Task<VerificationReport> PresentationAsync(JsonNode secured, HolderChallenge? challenge, CancellationToken cancellation)
    {
        var format = secured is JsonObject json && !Envelope.IsOne(json) ? "ldp_vp" : "vp";
        var examined = await w3cCredentials.VerifyPresentationAsync(secured, challenge, trusts, _terms, cancellation: cancellation);
        var shown = Claimed.OfPresentation(secured);
        if (examined.Credentials.Count == 0)
            return Report(Claimed.Nothing with { Format = format, Issuer = Common(shown.Select(one => one.Issuer)), Type = Common(shown.Select(one => one.Type)) }, examined.Verdict, challenge);
        return Together(format, examined.Verdict, [.. shown.Zip(examined.Credentials, (one, looked) => Report(one with { Holder = examined.Holder }, looked.Verdict, challenge))]);
    }

    /// <summary>A credential alone answers no challenge, whatever else is right with it.</summary>
    private static Verdict Unproven(Verdict verdict, HolderChallenge? challenge) => challenge is null || verdict.Outcome != Outcome.Accepted
        ? verdict
        : Verdict.Refused(VerificationStep.Holder, "holder_not_shown", "a credential by itself answers no challenge: its holder must present it") with { Held = verdict.Held };

    private static VerificationReport Report(Claimed claimed, Verdict verdict, HolderChallenge? challenge)
    {
        var report = new VerificationReport(
            claimed.Format, claimed.Issuer, claimed.Type, verdict, VerificationReport.StepsOf(verdict, challenge is null ? StepState.NotShown : StepState.NotLookedAt));
        report = report with { Digest = claimed.Digest };
        if (report.IsHolderProven) report = report with { HolderKey = CheckedCredential.KeyOf(claimed.Holder) };

        // What is in it is told once it is the issuer's word.
        return report.IsProven ? report with { ValidFrom = claimed.ValidFrom, ValidUntil = claimed.ValidUntil, Claims = claimed.Claims, CharterVersion = claimed.CharterVersion } : report;
    }

    private static VerificationReport Together(string format, Verdict verdict, IReadOnlyList<VerificationReport> all) => new(
        format, Common(all.Select(one => one.Issuer)), Common(all.Select(one => one.Type)), verdict, VerificationReport.StepsOf(all))
    {
        Credentials = all,
    };

    private static string? Common(IEnumerable<string?> values) => values.Distinct().ToList() is [var one] ? one : null;

    private static Verdict Decided(List<VerificationReport> all) =>
        all.Select(one => one.Verdict).FirstOrDefault(one => one.Outcome == Outcome.Refused)
        ?? all.Select(one => one.Verdict).FirstOrDefault(one => one.Outcome == Outcome.Undetermined)
        ?? Verdict.Accepted([]) with { Held = all[0].Verdict.Held };

    /// <summary>What a credential says of itself, whether or not it is true.</summary>
    private sealed record Claimed(string? Format, string? Issuer, string? Type, DateTimeOffset? ValidFrom, DateTimeOffset? ValidUntil, JsonNode? Claims)
    {
        /// <summary>Whose it is, as <see cref="CheckedCredential.Holder"/> has it; in a presentation who shows it.</summary>
        public string? Holder { get; init; }

        /// <summary>As <see cref="VerificationReport.Digest"/>.</summary>
        public string? Digest { get; init; }

        /// <summary>The version of the charter that it names.</summary>
        public string? CharterVersion => (Claims as JsonObject)?["charter_version"] is JsonValue named && named.TryGetValue<string>(out var version) ? version : null;

        public static Claimed Nothing { get; } = new(null, null, null, null, null, null);

        public static Claimed OfSdJwtVc(JsonNode secured) => Of(Nothing with { Format = SdJwtVc.Format }, () =>
        {
            var sdJwt = SdJwt.Parse(secured.GetValue<string>());
            var vc = SdJwtVc.Read(sdJwt);
            var claims = (JsonObject)vc.Claims.DeepClone();
            foreach (var name in Apart) claims.Remove(name);
            return new(SdJwtVc.Format, vc.Issuer, vc.Type, vc.NotBefore ?? vc.IssuedAt, vc.ExpiresAt, claims)
            {
                Holder = vc.HolderKey?.Thumbprint(),
                Digest = Sha256(sdJwt.IssuerSigned.SigningInput.Span),
            };
        });

        public static Claimed OfCredential(JsonNode secured) => Of(Nothing with { Format = CredentialQuery.LdpVc }, () =>
        {
            var read = SecuredCredential.Read(secured);
            var credential = read.Credential;
            var types = credential.Types.Where(type => type != VerifiableCredential.Type).DefaultIfEmpty(VerifiableCredential.Type);
            return new(
                read.Format, credential.Issuer, string.Join(' ', types), credential.ValidFrom, credential.ValidUntil, credential.Json["credentialSubject"])
            {
                Digest = Sha256(read.Enveloping is { } token ? token.Jws.SigningInput.Span : Jcs.Canonicalize(credential.Json)),
            };
        });

        public static IReadOnlyList<Claimed> OfPresentation(JsonNode secured)
        {
            try
            {
                return [.. SecuredPresentation.Read(secured).Credentials.Select(OfCredential)];
            }
            catch (Refusal)
            {
                return [];
            }
        }

        private static string Sha256(ReadOnlySpan<byte> bytes) => Base64Url.Encode(SHA256.HashData(bytes));

        private static Claimed Of(Claimed otherwise, Func<Claimed> read)
        {
            try
            {
                return read();
            }
            catch (Refusal)
            {
                return otherwise;
            }
        }
    }
}

using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Server;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Standards.StatusLists;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

/// <summary>A nation on a database of its own, its verifier, and credentials that it issued: everything is right until a test breaks it.</summary>
public sealed class VerifierWorld : IAsyncLifetime
{
    private const string ClientId = "x509_hash:9ITHMSlBH7S4vSwCkpjwl3fA1sZzJmAbTOfMkBV0WSY";
    private const string Nonce = "n-0S6_WzA2Mj";

    private readonly string _folder = Directory.CreateTempSubdirectory("netid-test-").FullName;
    private TestStore _store = null!;
    private Verifier _verifier = null!;
    private StatusReader _statuses = null!;
    private int _reads;

    internal NationContext Nation { get; private set; } = null!;

    internal ManualTime Time { get; } = new();

    internal IssuerCertificates Certificates { get; private set; } = null!;

    /// <summary>What stands behind a status list's URI instead of the nation's own; null for the nation's own.</summary>
    internal Func<string, string?>? List { get; set; }

    /// <summary>How often a status list was looked up.</summary>
    internal int Reads => _reads;

    internal string Issuer => Nation.Keys.Nation.Issuer;

    public async ValueTask InitializeAsync()
    {
        _store = TestStore.New(_folder);
        Nation = await NationContext.OpenAsync(
            new Settings
            {
                Issuer = "https://nation.example",
                ConnectionString = _store.ConnectionString,
                DataFolder = _folder,
                Secret = "a secret for tests alone, of more than 32 characters",
                NationName = "Nation of Tests",
                IsDevelopment = true,
            },
            Time);
        Certificates = new IssuerCertificates(issuer => issuer == Issuer ? Nation.Keys.Roots : []);
        _statuses = new StatusReader(Issuer, ReadAsync, new FetchedLists(Nation.Fetcher, Certificates, Time, _ => { }), Certificates, Time);
        _verifier = VerifierOf(null);
    }

    /// <summary>A verifier that reads statuses in a way of its own, or as this world's.</summary>
    internal Verifier VerifierOf(StatusReader? statuses) =>
        new(Nation.Database, Nation.DidLog, new SdJwtVcVerifier(Nation.Keys, Nation.Types, Certificates, statuses ?? _statuses, Time), Nation.W3cCredentials, Time);

    public async ValueTask DisposeAsync()
    {
        await Nation.DisposeAsync();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A new member's credential, or another one of a member.</summary>
    internal async Task<Held> IssueAsync(string? memberId = null)
    {
        var holder = TestWallet.NewKey();
        var made = await Nation.Offering.MakeAsync("membership", memberId, new Dictionary<string, string> { ["display_name"] = "Ana" }, withTransactionCode: false);
        var (token, _) = await Nation.Offering.RedeemAsync((await Nation.Offering.FindAsync(made.Id))!.Offer.PreAuthorizedCode, null, null);
        var proof = await Jws.SignAsync(
            Jws.ToBeSigned(
                new JsonObject { ["alg"] = "ES256", ["typ"] = "openid4vci-proof+jwt", ["jwk"] = (holder.PublicKey with { Kid = null, Alg = null, Use = null }).ToJson() },
                new JsonObject { ["aud"] = Issuer, ["iat"] = Time.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = Nation.Nonces.Make() }),
            holder);
        var issued = await Nation.Issuer.IssueAsync(token, StrictJson.Write(new JsonObject
        {
            ["credential_configuration_id"] = "membership",
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(proof) },
        }));
        return new Held(this, (string)issued.Credentials[0]!, holder, (await Credentials.OfOfferAsync(Nation.Database, made.Id))[0]);
    }

    /// <summary>Verifies a vp_token against the query of a sign-in with the scope membership.</summary>
    internal Task<Verdict> VerifyAsync(JsonObject vpToken, DcqlQuery? query = null, CredentialTerms? terms = null) =>
        _verifier.VerifyAsync(vpToken, Expected(query) with { Terms = new Dictionary<string, CredentialTerms> { ["membership"] = terms ?? CredentialTerms.None } });

    /// <summary>What a presentation must answer.</summary>
    internal Verifier.Expectation Expected(DcqlQuery? query = null) =>
        new(query ?? ProofRequest.Of(ProofPolicy.Usual, Choice.Parse("membership"), Nation.Types).ToDcql(), new(ClientId, Nonce));

    /// <summary>The key binding of this request.</summary>
    internal Task<string> BindAsync(string withoutKeyBinding, SigningKey holder, Action<JsonObject, JsonObject>? change = null) =>
        Forgery.BindAsync(withoutKeyBinding, holder, ClientId, Nonce, Time.GetUtcNow(), change);

    /// <summary>A credential and its holder.</summary>
    /// <param name="World">The world it is of.</param>
    /// <param name="Issued">The credential as it was issued.</param>
    /// <param name="Holder">The holder's key.</param>
    /// <param name="Record">The nation's record of it.</param>
    internal sealed record Held(VerifierWorld World, string Issued, SigningKey Holder, Credentials.Row Record)
    {
        /// <summary>Verifies it as it is, as the holder presents it.</summary>
        public async Task<Verdict> VerifyAsync(string? credential = null, Action<JsonObject, JsonObject>? changeBinding = null, SigningKey? holder = null) =>
            await World.VerifyAsync(TestWallet.VpToken(await World.BindAsync(Shown(credential ?? Issued), holder ?? Holder, changeBinding)));

        /// <summary>Verifies it with a change to header and payload.</summary>
        public async Task<Verdict> VerifyForgedAsync(
            Action<JsonObject, JsonObject>? change, SigningKey? signer = null, IEnumerable<string>? disclosures = null, bool recorded = true)
        {
            var forged = await Forgery.CredentialAsync(World.Nation, Issued, change, signer, disclosures, recorded);
            return await World.VerifyAsync(TestWallet.VpToken(await World.BindAsync(disclosures is null ? Shown(forged) : forged, Holder)));
        }

        /// <summary>It is accepted as it was issued, with the nation's record as it was: the break was the only thing wrong.</summary>
        public async Task IsAcceptedAsync()
        {
            await Forgery.CredentialAsync(World.Nation, Issued);
            var verdict = await VerifyAsync();
            Assert.True(verdict.Outcome == Outcome.Accepted, $"{verdict.Step}: {verdict.Detail}");
        }

        /// <summary>The credential with the disclosures that are asked for.</summary>
        public static string Shown(string credential)
        {
            var parts = credential.Split('~');
            return Forgery.Join(parts[0], parts[1..^1].Where(one => Disclosure.Parse(one).Name is "tier" or "member_since"));
        }

        /// <summary>Sets its status in the nation's list, past its record.</summary>
        public async Task SetStatusAsync(int status)
        {
            Assert.Null(await World.Nation.Database.CommitAsync(StatusLists.SetOfOffer(Record.OfferId, status), StatusLists.TouchOfOffer(Record.OfferId)));
            World.Time.Move(StatusListPublisher.Interval);
        }

        /// <summary>Where its status stands.</summary>
        public StatusListReference Reference => StatusListReference.Of(SdJwt.Parse(Issued).IssuerSigned.Claims())!;
    }

    private async Task<string?> ReadAsync(string uri)
    {
        Interlocked.Increment(ref _reads);
        return List is null ? await Nation.StatusLists.ReadAsync(uri) : List(uri);
    }
}

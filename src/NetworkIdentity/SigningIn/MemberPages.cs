using System.Security.Cryptography;
using System.Text.Json;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>
/// The nation's own pages for members, as a client of its own provider: a member signs in to them as to any app, with a code and PKCE, and nothing is
/// disclosed but that they are a member (decision 0023).
/// </summary>
/// <remarks>
/// It is a public client, registered at its first use and listed and retired as the others are. PKCE's verifier is a MAC of the browser's secret and the
/// <c>state</c>, so that a code is redeemed only for the browser that began, and nothing has to be kept meanwhile.
/// </remarks>
public sealed partial class MemberPages(Database database, KeyRing keys, IReadOnlyDictionary<string, CredentialType> types, CodeGrant codes, TimeProvider time)
{
    /// <summary>Its client id.</summary>
    public const string ClientId = "account";

    /// <summary>The client id of the page on which a member reads their case. Who signs in to it may be suspended, revoked or expired, so it is a client of its own: its sessions open nothing else, but their file and the way out.</summary>
    public const string CaseClientId = "case";

    /// <summary>That page.</summary>
    public const string Case = "/case";

    /// <summary>The page that a browser comes back to where it was sent from no other.</summary>
    public const string Account = "/account";

    /// <summary>The pages that a browser can come back to: nothing but names, so that it leads to no other place.</summary>
    [System.Text.RegularExpressions.GeneratedRegex("\\A/(account(/[a-z]{1,16}|/facts/[A-Za-z0-9_-]{1,64})?|desk(/[A-Za-z0-9_-]{1,64}){0,2}|case|recover/attest/[a-z0-9-]{1,64}|vouch/[A-Za-z0-9_-]{43})\\z", System.Text.RegularExpressions.RegexOptions.ExplicitCapture | System.Text.RegularExpressions.RegexOptions.NonBacktracking)]
    private static partial System.Text.RegularExpressions.Regex OwnPath();

    /// <summary>What it may ask: that somebody is a member, and for some acts of the desk that they are a steward.</summary>
    private static readonly ProofPolicy Policy = new([new CredentialPolicy(CredentialType.Membership), new CredentialPolicy(CredentialType.Steward, IsRequired: false) { OnRequest = [] }]);

    private readonly byte[] _verifierKey = keys.Derive("member-pages");

    private string RedirectUri => keys.Nation.Url("/account/return");

    /// <summary>The session of a browser there; null where nobody has one.</summary>
    public Task<Sessions.Row?> FindAsync(IEnumerable<string> browserSecrets) => FindOfAsync(browserSecrets, [ClientId]);

    /// <summary>The session by which a member reads their case: one of that page, or of all pages; null where there is none.</summary>
    public Task<Sessions.Row?> FindForCaseAsync(IEnumerable<string> browserSecrets) => FindOfAsync(browserSecrets, [CaseClientId, ClientId]);

    /// <summary>Where a browser goes to sign in; null where the pages have been closed.</summary>
    /// <param name="browserSecret">The secret in its cookie.</param>
    /// <param name="path">The page that it comes back to.</param>
    /// <param name="again">Whether the member proves anew, though they have a session.</param>
    /// <param name="asSteward">Whether they prove that they are a steward, too: that they hold the credential, and nothing in it.</param>
    public async Task<string?> BeginAsync(string browserSecret, string path = Account, bool again = false, bool asSteward = false)
    {
        var clientId = ClientOf(path);
        if (await Partners.FindAsync(database, clientId) is null) await RegisterAsync(clientId);
        if (await Partner.FindAsync(database, clientId) is null) return null;
        var state = $"{RandomId.Secret()}.{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(path))}";
        var challenge = Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(VerifierOf(browserSecret, state))));
        return keys.Nation.Url("/authorize") + $"?client_id={clientId}&redirect_uri={Uri.EscapeDataString(RedirectUri)}&response_type=code&scope=openid{(asSteward ? $"%20{CredentialType.Steward}" : "")}"
            + $"&state={state}&code_challenge={challenge}&code_challenge_method={Pkce.S256}" + (again ? "&prompt=login" : "");
    }

    /// <summary>The browser comes back with a code: from then on it has a session here.</summary>
    /// <returns>The path of the page that it was sent from. The <c>state</c> says it, and a code is redeemed for the state alone that it was asked with.</returns>
    /// <exception cref="Refusal"><c>invalid_grant</c>: the code is wrong, late or spent, or another browser's; <c>invalid_client</c>.</exception>
    public async Task<string> ReturnAsync(string browserSecret, string state, string code)
    {
        var path = PathIn(state);
        var partner = await Partner.FindAsync(database, ClientOf(path)) ?? throw OAuthRefusal.InvalidClient("these pages are closed");
        if (partner.IsForCases) await codes.SpendAsync(partner, code, RedirectUri, VerifierOf(browserSecret, state));
        else await codes.RedeemAsync(partner, code, RedirectUri, VerifierOf(browserSecret, state));
        return path;
    }

    /// <summary>What a member is signed in to, by app, each with its sessions, newest first.</summary>
    public async Task<IReadOnlyList<(Partner Partner, IReadOnlyList<Sessions.Row> Sessions)>> AppsOfAsync(string memberId)
    {
        List<(Partner, IReadOnlyList<Sessions.Row>)> apps = [];
        foreach (var of in (await Sessions.OfMemberAsync(database, memberId, Now())).Where(session => session.ClientId is not (ClientId or CaseClientId)).GroupBy(session => session.ClientId))
            if (await Partner.FindAsync(database, of.Key) is { } partner) apps.Add((partner, [.. of]));
        return apps;
    }

    /// <summary>What a session tells its app: by type that was proven, the claims that were disclosed.</summary>
    public async Task<IReadOnlyList<(CredentialType Type, IReadOnlyList<string> Claims)>> ShownAsync(Sessions.Row session)
    {
        var proven = await Credentials.TypesOfSessionAsync(database, session.Id);
        var told = Session.DisclosedIn(keys, session);
        return [.. proven.Where(types.ContainsKey).Distinct().Order(StringComparer.Ordinal).Select(name => (
            types[name], (IReadOnlyList<string>)[.. told[name] is System.Text.Json.Nodes.JsonObject claims ? claims.Select(claim => claim.Key) : []]))];
    }

    /// <summary>The member takes back what they gave an app: all its sessions end, in every browser and without one.</summary>
    public Task WithdrawAsync(string memberId, string clientId) => database.CommitAsync(Sessions.EndOfMember(memberId, clientId, Sessions.Withdrawn, Now()));

    /// <summary>What whoever signs in is told that it is for: the app's name; of these pages the desk has a name of its own, though it is of the same client.</summary>
    public static string NameOf(Partner partner, string? state, Nation nation) =>
        partner.ClientId == ClientId && state is not null && PathIn(state) is var path && (path == "/desk" || path.StartsWith("/desk/", StringComparison.Ordinal)) ? $"{nation.Name}: the desk" : partner.Name;

    private static string PathIn(string state) =>
        Base64Url.TryDecode(state.AsSpan(state.IndexOf('.', StringComparison.Ordinal) + 1), out var bytes) && System.Text.Encoding.UTF8.GetString(bytes) is var said && OwnPath().IsMatch(said)
            ? said
            : Account;

    private static string ClientOf(string path) => path == Case ? CaseClientId : ClientId;

    private async Task<Sessions.Row?> FindOfAsync(IEnumerable<string> browserSecrets, IReadOnlyList<string> clientIds)
    {
        foreach (var secret in browserSecrets)
            if ((await Sessions.OfBrowserAsync(database, RandomId.Digest(secret), Now())).FirstOrDefault(session => clientIds.Contains(session.ClientId)) is { } session) return session;
        return null;
    }

    private string VerifierOf(string browserSecret, string state) =>
        Base64Url.Encode(HMACSHA256.HashData(_verifierKey, System.Text.Encoding.UTF8.GetBytes($"{state}\0{browserSecret}")));

    private async Task RegisterAsync(string clientId) => await database.CommitAsync(
        Partners.InsertFirst(new Partners.Row
        {
            ClientId = clientId,
            Name = clientId == CaseClientId ? $"{keys.Nation.Name}: your case" : $"{keys.Nation.Name}: your account",
            RedirectUris = JsonSerializer.Serialize(new[] { RedirectUri }),
            Sector = new Uri(keys.Nation.Issuer).Host,
            Policy = (clientId == CaseClientId ? new ProofPolicy([new(CredentialType.Membership) { OnRequest = [] }]) : Policy).Write(),
            Authentication = ClientCredentials.None,
            IdTokenAlgorithm = "EdDSA",
            RequiresPkce = 1,
            WalletResponseMode = ResponseModes.DirectPostJwt,
            CreatedAt = Now(),
        }),
        Journal.Write("register-client", clientId, "operator", null, Now()));

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}

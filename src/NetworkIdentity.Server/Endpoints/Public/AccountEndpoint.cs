using NetworkIdentity.Registry;
using NetworkIdentity.Server.Doors;
using NetworkIdentity.Server.Endpoints.Account;
using NetworkIdentity.Server.Endpoints.OpenId;
using NetworkIdentity.Server.Pages;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>/account: what a member is signed in to, and how they end it. It signs its member in as any app does.</summary>
internal static class AccountEndpoint
{
    /// <summary>What the account's forms do.</summary>
    public const string Act = "account";

    /// <summary>GET /account: the page; who has no session here is sent to sign in.</summary>
    public static async Task<IResult> PageAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var secrets = BrowserCookie.Read(context, nation.Keys.Nation);
        if (await nation.MemberPages.FindAsync(secrets) is not { } own)
        {
            return AuthorizationResponse.SeeOther(
                await nation.MemberPages.BeginAsync(BrowserCookie.ReadOrSet(context, nation.Keys.Nation)) ?? throw PageRefusal.NotFound("this page is closed"));
        }

        var digests = secrets.Select(RandomId.Digest).ToHashSet();
        List<AccountApp> apps = [];
        foreach (var (partner, sessions) in await nation.MemberPages.AppsOfAsync(own.MemberId))
        {
            apps.Add(new AccountApp
            {
                ClientId = partner.ClientId,
                Name = partner.Name,
                Host = Destination.NameOf(partner.RedirectUris[0]),
                Since = DateTimeOffset.FromUnixTimeSeconds(sessions.Min(session => session.ProvenAt)),
                Shown = await ShownAsync(nation, sessions),
                IsHere = sessions.Any(session => digests.Contains(session.BrowserDigest)),
                IsElsewhere = sessions.Any(session => session.BrowserDigest.Length > 0 && !digests.Contains(session.BrowserDigest)),
                IsAway = sessions.Any(session => session.BrowserDigest.Length == 0),
            });
        }

        return Page.Of<AccountPage>(new AccountView
        {
            Nation = nation.Keys.Nation.Name,
            Held = await Holding.OfAsync(nation, own.MemberId),
            Apps = apps,
            SignOutUrl = nation.Keys.Nation.Url("/account/sign-out"),
            WithdrawUrl = nation.Keys.Nation.Url("/account/withdraw"),
            Files = await FilesAsync(nation, own.MemberId),
            DownloadUrl = nation.Keys.Nation.Url("/account/download"),
            VouchedFor = await Joining.VouchEndpoint.OfAsync(context, nation, own.MemberId),
            EarnedUrl = nation.Keys.Nation.Url("/account"),
            RecoveryUrl = nation.Keys.Nation.Url(Recover.CircleEndpoint.Path),
            LogoutUrl = nation.Keys.Nation.Url("/logout"),
            FormField = BrowserForm.Field,
            FormValue = BrowserForm.ValueFor(context, nation, Act)!,
            CorrelationId = context.TraceIdentifier,
        });
    }

    /// <summary>GET /account/return: back from the sign-in, with a code or with what went wrong [RFC6749 §4.1.2] [RFC9207 §2.4].</summary>
    public static async Task<IResult> ReturnAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var query = RequestReading.Query(context.Request);
        if (query.Required("iss") != nation.Keys.Nation.Issuer) throw OAuthRefusal.InvalidRequest("the answer is another provider's");
        if (query.Optional("error") is not null) throw OAuthRefusal.AccessDenied("You did not sign in, so there is nothing to show. Open the page again to try it once more");
        if (BrowserCookie.Read(context, nation.Keys.Nation) is not [var secret, ..]) throw PageRefusal.SignInNotHere();
        return AuthorizationResponse.SeeOther(nation.Keys.Nation.Url(await nation.MemberPages.ReturnAsync(secret, query.Required("state"), query.Required("code"))));
    }

    /// <summary>POST /account/sign-out: ends an app's sessions in this browser.</summary>
    public static Task<IResult> SignOutAsync(HttpContext context, NationContext nation) => ActAsync(context, nation, async (own, clientId) =>
    {
        var sessions = await nation.Logouts.OfBrowserAsync(null, BrowserCookie.Read(context, nation.Keys.Nation));
        await nation.Logouts.EndAsync(sessions.Where(session => session.ClientId == clientId && session.MemberId == own.MemberId));
    });

    /// <summary>POST /account/withdraw: ends all that the member gave an app.</summary>
    public static Task<IResult> WithdrawAsync(HttpContext context, NationContext nation) =>
        ActAsync(context, nation, (own, clientId) => nation.MemberPages.WithdrawAsync(own.MemberId, clientId));

    /// <summary>POST /account/download: what the member holds of a type, as a file [VC-JOSE-COSE §3.1].</summary>
    public static async Task<IResult> DownloadAsync(HttpContext context, NationContext nation)
    {
        context.Response.Headers.CacheControl = "no-store";
        var form = await BrowserForm.ReadAsync(context, nation, Act);
        if (await nation.MemberPages.FindAsync(BrowserCookie.Read(context, nation.Keys.Nation)) is not { } own) return Back(nation);
        var type = form.Required("type");
        var issued = await nation.Issuer.DownloadAsync(own.MemberId, type);
        context.Response.OnCompleted(() =>
        {
            if (!context.RequestAborted.IsCancellationRequested) nation.Issuer.Delivered(issued);
            return Task.CompletedTask;
        });
        return Results.File(System.Text.Encoding.ASCII.GetBytes(issued.Credentials[0].GetValue<string>()), CredentialMediaType.VcJwt, $"{type}.vc.jwt");
    }

    /// <summary>The types that a member holds in force, and can have as a file.</summary>
    private static async Task<IReadOnlyList<(string Type, string Name)>> FilesAsync(NationContext nation, string memberId)
    {
        if (nation.DidLog is null) return [];
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        return
        [
            .. (await Credentials.ListAsync(nation.Database, memberId)).Where(row => row.Stands(now)).Select(row => row.Type).Distinct().Order(StringComparer.Ordinal)
                .Where(type => nation.Types.TryGetValue(type, out var known) && known.IsW3c).Select(type => (type, nation.Types[type].Metadata.Name ?? type)),
        ];
    }

    private static async Task<IResult> ActAsync(HttpContext context, NationContext nation, Func<Sessions.Row, string, Task> act)
    {
        context.Response.Headers.CacheControl = "no-store";
        var form = await BrowserForm.ReadAsync(context, nation, Act);

        // Where the session here has ended meanwhile, nothing is done before it is proven again who asks.
        if (await nation.MemberPages.FindAsync(BrowserCookie.Read(context, nation.Keys.Nation)) is { } own) await act(own, form.Required("client_id"));
        return Back(nation);
    }

    private static IResult Back(NationContext nation) => AuthorizationResponse.SeeOther(nation.Keys.Nation.Url("/account"));

    /// <summary>What an app was shown in all its sessions, in the words of the types.</summary>
    private static async Task<IReadOnlyList<(string Type, IReadOnlyList<string> Claims)>> ShownAsync(NationContext nation, IReadOnlyList<Sessions.Row> sessions)
    {
        SortedDictionary<string, SortedSet<string>> shown = new(StringComparer.Ordinal);
        foreach (var session in sessions)
        {
            foreach (var (type, claims) in await nation.MemberPages.ShownAsync(session))
            {
                var name = type.Metadata.Name ?? type.Name;
                if (!shown.TryGetValue(name, out var known)) shown.Add(name, known = new(StringComparer.Ordinal));
                known.UnionWith(claims.Select(type.LabelOf));
            }
        }

        return [.. shown.Select(one => (one.Key, (IReadOnlyList<string>)[.. one.Value]))];
    }
}

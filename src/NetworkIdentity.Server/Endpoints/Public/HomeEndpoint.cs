using NetworkIdentity.Registry;
using NetworkIdentity.Server.Endpoints.Desk;
using NetworkIdentity.Server.Endpoints.Joining;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Server.Endpoints.Public;

/// <summary>GET /: what this is, and where a developer starts.</summary>
internal static class HomeEndpoint
{
    /// <summary>The page.</summary>
    public static async Task<IResult> HandleAsync(HttpContext context, NationContext nation) => Page.Of<HomePage>(new HomeView
    {
        Nation = nation.Keys.Nation.Name,
        Issuer = nation.Keys.Nation.Issuer,
        Nodes = await Node.AllAsync(nation.Database),
        ApplyUrl = await Charters.InForceAsync(nation.Database) is null ? null : nation.Keys.Nation.Url(ApplyEndpoint.Path),
        CharterUrl = nation.Keys.Nation.Url(CharterEndpoint.Path),
        DeskUrl = nation.Keys.Nation.Url(DeskEndpoint.Path),
        CaseUrl = nation.Keys.Nation.Url(SigningIn.MemberPages.Case),
        RecoverUrl = nation.Keys.Nation.Url(Recover.RecoverEndpoint.Path),
        RecognitionsUrl = nation.Keys.Nation.Url(RecognitionsEndpoint.Path),
        VerifyUrl = nation.Keys.Nation.Url("/verify"),
        CensusUrl = nation.Keys.Nation.Url(CensusEndpoint.Path),
        AccountUrl = nation.Keys.Nation.Url("/account"),
        DiscoveryUrl = nation.Keys.Nation.Url("/.well-known/openid-configuration"),
        IssuerMetadataUrl = WellKnown.Insert(nation.Keys.Nation.Issuer, "openid-credential-issuer"),
        CorrelationId = context.TraceIdentifier,
    });
}

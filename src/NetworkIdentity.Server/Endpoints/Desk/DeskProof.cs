using NetworkIdentity.Governing;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Endpoints.Desk;

/// <summary>What a member must have proven for an act that the charter wants a new proof for (<c>prove_again</c>): the one place, for the desk's pages and for its calls (decision 0046).</summary>
internal static class DeskProof
{
    /// <summary>How long ago a member may have proven themselves where the charter says that they prove again.</summary>
    public static readonly TimeSpan JustNow = TimeSpan.FromMinutes(5);

    /// <summary>Whether what was proven in a session is enough for what a rule decides: just now, and where stewards decide with their steward credential.</summary>
    public static async Task<bool> IsEnoughAsync(NationContext nation, ActRule rule, Sessions.Row session) => !rule.ProvesAgain
        || (IsFresh(nation, session) && (!IsForStewards(rule) || (await Credentials.TypesOfSessionAsync(nation.Database, session.Id)).Contains(CredentialType.Steward)));

    /// <summary>Whether those who decide by a rule are stewards, and not all members.</summary>
    public static bool IsForStewards(ActRule rule) => rule.By != ActRule.Members;

    /// <summary>Whether the member proved who they are in a session within the last five minutes.</summary>
    public static bool IsFresh(NationContext nation, Sessions.Row session) => DateTimeOffset.FromUnixTimeSeconds(session.ProvenAt) > nation.Time.GetUtcNow() - JustNow;

    /// <summary>Whether the member has a steward credential that is good; else no sign-in would be enough.</summary>
    public static async Task<bool> HoldsStewardCredentialAsync(NationContext nation, string memberId)
    {
        var now = nation.Time.GetUtcNow().ToUnixTimeSeconds();
        return (await Credentials.ListAsync(nation.Database, memberId)).Any(row => row.Type == CredentialType.Steward && row.Stands(now));
    }
}

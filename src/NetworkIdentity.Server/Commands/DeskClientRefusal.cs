using NetworkIdentity.Standards;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.Server.Commands;

/// <summary>What <c>netid desk</c> can't go on with. Each code is explained in docs/errors.md.</summary>
internal static class DeskClientRefusal
{
    /// <summary>The nation could not be asked, or its answer is none.</summary>
    public static Refusal Unreachable(string why) => new("desk_unreachable", $"the nation could not be asked: {why}");

    /// <summary>The browser came back without what was asked for, or not at all.</summary>
    public static Refusal SignInFailed(string why) => new("sign_in_failed", why);

    /// <summary>The nation refused, with a code and words of its own: nothing of them moves a terminal's cursor.</summary>
    public static Refusal Answered(string code, string words) => new(OAuthRefusal.Printable(code), OAuthRefusal.Printable(words));
}

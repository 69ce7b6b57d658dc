using Microsoft.AspNetCore.Authentication.OAuth;

namespace NetworkIdentity.SamplePartner.OpenId;

/// <summary>What AddOAuth is told of the app. The endpoints come from discovery, when they are first needed.</summary>
internal sealed class OpenIdOptions : OAuthOptions
{
    /// <summary>Asks for nothing: the stock check, at each request, is for endpoints, and they aren't known yet.</summary>
    public override void Validate()
    {
    }
}

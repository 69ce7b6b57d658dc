namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>How a wallet answers [OpenID4VP §8.2] [OpenID4VP §8.3.1].</summary>
public static class ResponseModes
{
    /// <summary>A form posted to <c>response_uri</c>.</summary>
    public const string DirectPost = "direct_post";

    /// <summary>The same, encrypted to a key of the request.</summary>
    public const string DirectPostJwt = "direct_post.jwt";
}

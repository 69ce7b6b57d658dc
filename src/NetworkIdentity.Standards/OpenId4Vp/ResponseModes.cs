namespace NetworkIdentity.Standards.OpenId4Vp;

/// <summary>How a wallet answers [OpenID4VP §8.2] [OpenID4VP §8.3.1].</summary>
public static class ResponseModes
{
    /// <summary>A form posted to <c>response_uri</c>.</summary>
    public const string DirectPost = "direct_post";

    /// <summary>The same, encrypted to a key of the request.</summary>
    public const string DirectPostJwt = "direct_post.jwt";

    /// <summary>Back through the browser, encrypted to a key of the request [OpenID4VP App. A.2].</summary>
    public const string DcApiJwt = "dc_api.jwt";
}

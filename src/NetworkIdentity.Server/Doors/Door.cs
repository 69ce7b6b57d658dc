namespace NetworkIdentity.Server.Doors;

/// <summary>How an endpoint says no: which specification's form a refusal takes there.</summary>
public enum Door
{
    /// <summary>A page for a person; never a redirect to an unchecked URI.</summary>
    Page,

    /// <summary>JSON of OAuth and of OpenID4VCI, which have the same form: <c>error</c> and <c>error_description</c> [RFC6749 §5.2] [OpenID4VCI §8.3.1].</summary>
    OAuth,

    /// <summary>A page for who sent a form, and for all else the JSON of <see cref="OAuth"/>.</summary>
    PageOrOAuth,

    /// <summary>An endpoint that takes an access token: as OAuth, and a challenge in WWW-Authenticate [RFC6750 §3].</summary>
    Bearer,

    /// <summary>As <see cref="Bearer"/>, where the token may be bound to a key: the challenge names that scheme too [RFC9449 §7.1].</summary>
    BearerOrDpop,

    /// <summary>An instance of VCALM: as <see cref="BearerOrDpop"/>, and the body is a problem [RFC9457] [VCALM §Error Handling].</summary>
    Vcalm,

    /// <summary>The desk's calls: a token that is bound to a key, and nothing else; the body is a problem, and so is its media type [RFC9457 §3].</summary>
    Desk,
}

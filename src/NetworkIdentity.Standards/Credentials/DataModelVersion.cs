namespace NetworkIdentity.Standards.Credentials;

/// <summary>The version of the data model, which the first of <c>@context</c> says [VCDM §4.3].</summary>
public enum DataModelVersion
{
    /// <summary>1.1: read, never made.</summary>
    V11,

    /// <summary>2.0.</summary>
    V20,
}

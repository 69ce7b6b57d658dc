namespace NetworkIdentity.Standards.StatusLists;

/// <summary>Whose packing and whose compression a list of statuses has. A list that is read in the other's order says nothing true.</summary>
public enum StatusListFormat
{
    /// <summary>Token Status List: from the least significant bit of a byte, ZLIB, base64url [TSL §4].</summary>
    Token,

    /// <summary>Bitstring Status List: from the most significant bit of a byte, GZIP, multibase base64url [BSL §3.3].</summary>
    Bitstring,
}

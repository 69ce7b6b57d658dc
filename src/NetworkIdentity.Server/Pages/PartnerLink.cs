namespace NetworkIdentity.Server.Pages;

/// <summary>A page of the app's own, as it registered it. Nothing of it is loaded before the person goes there.</summary>
/// <param name="Words">What it is.</param>
/// <param name="Url">Where it is: https, or http on this machine.</param>
public sealed record PartnerLink(string Words, string Url);

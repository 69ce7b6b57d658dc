namespace NetworkIdentity.SamplePartner.Pages;

/// <summary>What <see cref="HomePage"/> shows.</summary>
/// <param name="Options">The app.</param>
/// <param name="WasForgotten">The browser has a session that the app doesn't know any more.</param>
public sealed record HomeView(SamplePartnerOptions Options, bool WasForgotten);

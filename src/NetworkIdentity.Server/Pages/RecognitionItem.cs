using NetworkIdentity.Recognizing;

namespace NetworkIdentity.Server.Pages;

/// <summary>A recognition, as people are shown it.</summary>
/// <param name="Recognition">The recognition.</param>
/// <param name="State">How it stands.</param>
/// <param name="Types">The names of the types that it is for.</param>
public sealed record RecognitionItem(RegisteredRecognition Recognition, string State, string Types);

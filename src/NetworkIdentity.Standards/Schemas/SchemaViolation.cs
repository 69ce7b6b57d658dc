namespace NetworkIdentity.Standards.Schemas;

/// <summary>Where an instance breaks its schema, and how.</summary>
/// <param name="Path">The place in the instance as a JSON Pointer [RFC6901]; empty for the root. It may hold names from the instance.</param>
/// <param name="Words">The rule that is broken, in printable ASCII; never a value of the instance.</param>
public sealed record SchemaViolation(string Path, string Words);

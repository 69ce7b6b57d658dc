using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server;

/// <summary>The basic plan, as a request says nothing of how the answer comes: in the redirect URI's query.</summary>
public sealed class BasicOpModules(SharedServer shared) : BasicOp(shared, null);

namespace NetworkIdentity.Registry;

/// <summary>One statement of an act. The same text runs on SQLite and on PostgreSQL.</summary>
/// <param name="Sql">The statement, with parameters as <c>@Name</c>.</param>
/// <param name="Parameters">An object whose properties are the parameters: string, long, byte[] or null.</param>
/// <param name="Condition">
/// Where set, the statement must change at least one row; where it changes none, the whole act is undone and this name is what
/// <see cref="Database.CommitAsync"/> returns.
/// </param>
public sealed record Statement(string Sql, object Parameters, string? Condition = null);

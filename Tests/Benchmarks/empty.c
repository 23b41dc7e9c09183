// Nothing: what the kernel takes to start and end a program.
int main(void) { return 0; }
